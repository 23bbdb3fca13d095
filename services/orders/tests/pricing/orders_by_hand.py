"""The orders that were worked by hand (golden/README.md), in the form that the arithmetic takes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from orders.pricing import BasketLine, Destination, Rules, Wanted, vat_number
from orders.pricing.discounts.domain.discount import Code, Discount, Kind, Target
from orders.pricing.domain.basket import STANDARD
from orders.pricing.domain.places import Place, Whereabouts
from orders.pricing.domain.shipping import Band, MethodRule, Rate, ShippingRules, Zone
from orders.pricing.domain.taxes import ShippingTaxRule, TaxRate, TaxRules
from orders.tests.pricing.samples import named

FOLDER = Path(__file__).parent / "golden"


class Golden(NamedTuple):
    """An order that was worked by hand."""

    file: str
    name: str
    given: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"

    @property
    def expected(self) -> dict[str, Any]:
        return self.given["expect"]

    @property
    def refunds(self) -> list[dict[str, Any]]:
        """Steps, one after the other."""
        return self.given.get("refunds", [])


def golden_orders() -> list[Golden]:
    """All of them, in the order of their files."""
    files = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "shop.yaml")
    return [Golden(path.stem, each["name"], each) for path in files for each in _read(path)]


@cache
def _read(path: Path) -> Any:
    """Read once: reading takes longer than pricing."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules_for(order: Golden) -> Rules:
    """The shop of all orders, with the automatic discounts of this one."""
    shop = _read(FOLDER / "shop.yaml")
    home = Destination(shop["home"]["country"], None, shop["home"]["postal_code"])
    shipping = {
        (each["country"], each.get("region", "")): ShippingTaxRule(each["how"]) for each in shop["shipping_tax"]
    }
    taxes = TaxRules.of(map(_rate, shop["rates"]), home, shop["without_tax"], shipping)
    automatic = tuple(each for each in discounts_of(order) if each.automatic)
    return Rules(1, ShippingRules.of(map(_zone, shop["zones"]), {}), taxes, automatic)


def _rate(given: dict[str, Any]) -> TaxRate:
    fields = {"region": "", "tax_class": STANDARD, **given, "codes": tuple(given.get("codes", ()))}
    return TaxRate(id=named(str(given)), **fields)


def _zone(given: dict[str, Any]) -> Zone:
    places = tuple(Place(each["country"], "", each.get("postal", "")) for each in given.get("places", ()))
    methods = tuple(_method(given["title"], place, each) for place, each in enumerate(given["methods"]))
    return Zone(named(given["title"]), given["title"], places, methods, given.get("elsewhere", False))


def _method(zone: str, position: int, given: dict[str, Any]) -> MethodRule:
    rates = {
        currency: Rate(tuple(Band(*band) for band in each["bands"]), each.get("free_from"))
        for currency, each in given["rates"].items()
    }
    fields = {"kind": "delivery", "basis": "value", **given, "rates": rates}
    return MethodRule(id=named(f"{zone} {given['title']}"), position=position, **fields)


def discounts_of(order: Golden) -> list[Discount]:
    """Those of an order, by code or automatic."""
    return [_discount(each) for each in order.given.get("discounts", ())]


def _discount(given: dict[str, Any]) -> Discount:
    code = given.get("code")
    return Discount(
        named(given["title"]),
        given["title"],
        Kind(given["kind"]),
        Target(given["target"]),
        rate=given.get("rate", 1_000_000),
        amounts=given.get("amounts", {}),
        automatic=code is None,
        codes=(Code(code),) if code else (),
    )


def wanted_of(order: Golden) -> Wanted:
    """What is priced."""
    given = order.given
    to = given.get("to")
    destination = Destination(to["country"], to.get("region"), to.get("postal_code")) if to else None
    zone = rules_for(order).shipping
    method = given.get("method")
    found = {way.title: way.id for each in zone.zones for way in each.methods if _goes(zone, each, destination)}
    return Wanted(
        lines=tuple(_line(place, each) for place, each in enumerate(given["lines"])),
        currency=given["currency"],
        destination=destination,
        method_id=found[method] if method else None,
        codes=tuple(each["code"] for each in given.get("discounts", ()) if "code" in each),
        vat=vat_number(given["vat"]) if "vat" in given else None,
    )


def _goes(rules: ShippingRules, zone: Zone, destination: Destination | None) -> bool:
    return destination is not None and rules.zone(Whereabouts.of(destination)) == zone


def _line(place: int, given: dict[str, Any]) -> BasketLine:
    return BasketLine(
        variant_id=named(f"line {place}"),
        product_id=named(f"product {place}"),
        product_type="",
        collections=(),
        quantity=given["quantity"],
        unit_price=given["price"],
        weight_grams=given.get("weight", 0),
        requires_shipping=given.get("ships", True),
        tax_class=given["tax_class"],
    )
