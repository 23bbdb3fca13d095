"""Rules and orders for tests of the arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from hypothesis import strategies as st

from orders.pricing.domain.basket import BasketLine, Destination, VatNumber, Wanted
from orders.pricing.domain.places import Place
from orders.pricing.domain.rules import Rules
from orders.pricing.domain.shipping import Band, FlatRate, MethodRule, Rate, ShippingRules, Zone
from orders.pricing.domain.taxes import ShippingTaxRule, TaxRate, TaxRules
from orders.tests.discounts.samples import amount, buy_get, free_shipping, percent

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
NAMES = UUID("0199a5d0-1f2a-7c11-8a4e-000000000001")
FRENCH = VatNumber("FR", "FR40303265045")


def named(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(NAMES, name)


def rate(country: str, millionths: int, *, tax_class: str = "standard", **fields: Any) -> TaxRate:
    given = {"region": "", "codes": (), "title": f"{country} {millionths}", **fields}
    found = named(f"{country} {millionths} {tax_class} {sorted(fields.items())}")
    return TaxRate(id=found, country=country, tax_class=tax_class, rate=millionths, **given)


def method(name: str, price: int | None = 490, **fields: Any) -> MethodRule:
    given = {"kind": "delivery", "basis": "value", "rates": {"EUR": Rate((Band(0, price),))}, **fields}
    return MethodRule(id=named(name), title=name, **given)


def zone(name: str, *places: Place, methods: tuple[MethodRule, ...] = (), elsewhere: bool = False) -> Zone:
    return Zone(named(name), name, places, methods or (method(f"{name} parcel"),), elsewhere)


def line(price: int = 1000, quantity: int = 1, **fields: Any) -> BasketLine:
    name = f"{price} {sorted(fields.items())}"
    return BasketLine(named(name), named(name), "Print", (), quantity, price, **fields)


def wanted(*lines: BasketLine, to: str | None = "DE", **fields: Any) -> Wanted:
    destination = Destination(to) if to else None
    return Wanted(**{"lines": lines or (line(),), "currency": "EUR", "destination": destination, **fields})


CLASSES = ("standard", "reduced", "books", "none")
COUNTRIES = ("DE", "FR", "US", "CH", "JP")
RATES = (
    *(rate("DE", 190_000), rate("DE", 70_000, tax_class="reduced"), rate("DE", 0, tax_class="books")),
    *(rate("FR", 200_000), rate("FR", 55_000, tax_class="reduced")),
    *(
        rate("US", 62_500, region="TX"),
        rate("US", 20_000, region="TX", codes=("75*",)),
        rate("US", 88_750, region="NY"),
    ),
)
DISCOUNTS = (
    *((), (percent(10),), (amount(700),), (free_shipping(),), (buy_get(2, 1),)),
    (percent(33), free_shipping()),
)
some_lines = st.lists(
    st.builds(
        BasketLine,
        variant_id=st.uuids(),
        product_id=st.uuids(),
        product_type=st.just("Print"),
        collections=st.just(()),
        quantity=st.integers(1, 999),
        unit_price=st.integers(0, 10**7),
        weight_grams=st.integers(0, 5_000),
        requires_shipping=st.booleans(),
        tax_class=st.sampled_from(CLASSES),
    ),
    min_size=1,
    max_size=6,
).map(tuple)
some_destinations = st.none() | st.builds(
    Destination, st.sampled_from(COUNTRIES), st.sampled_from([None, "TX", "NY"]), st.sampled_from([None, "75201"])
)
some_wanted = st.builds(
    Wanted,
    lines=some_lines,
    currency=st.sampled_from(["EUR", "JPY", "KWD", "USD"]),
    destination=some_destinations,
    vat=st.sampled_from([None, FRENCH]),
)


@st.composite
def some_rules(draw: st.DrawFn) -> Rules:
    """Tax with, without and on top; shipping flat or by zones, taxed in each way; some discounts."""
    how: Any = draw(st.sampled_from(["proportional", "highest", "own", "untaxed"]))
    taxes = TaxRules.of(
        draw(st.sampled_from([(), RATES])),
        draw(st.sampled_from([None, Destination("DE"), Destination("US", "TX", "75201")])),
        draw(st.sampled_from([(), ("USD",), ("EUR", "JPY", "KWD", "USD")])),
        {(country, ""): ShippingTaxRule(how, "reduced") for country in COUNTRIES},
    )
    price = draw(st.integers(0, 10**5))
    bands = Rate((Band(0, price), Band(50_000, price // 2)), free_from=draw(st.none() | st.just(100_000)))
    rates = dict.fromkeys(("EUR", "JPY", "KWD", "USD"), bands)
    ways = (method("to the door", rates=rates), method("fetched", rates=rates, kind="pickup", pickup_at="Here"))
    zones = draw(st.sampled_from([(), (zone("World", methods=ways, elsewhere=True),)]))
    flat = dict.fromkeys(rates, FlatRate(price, None))
    return Rules(1, ShippingRules.of(zones, flat), taxes, draw(st.sampled_from(DISCOUNTS)))
