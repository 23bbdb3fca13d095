"""All rules at one version, for the arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chassis.db import ReadTx, WriteTx
from orders.pricing.discounts.store.found import automatic
from orders.pricing.domain.basket import Destination
from orders.pricing.domain.priced import Estimate
from orders.pricing.domain.rules import Rules
from orders.pricing.domain.shipping import FlatRate, MethodRule, ShippingRules, Zone
from orders.pricing.domain.taxes import TaxRate, TaxRules
from orders.pricing.store import taxes, versions, zones
from orders.pricing.store.methods import StoredMethod
from orders.pricing.store.versions import Current
from orders.pricing.store.zones import StoredZone


async def load(tx: WriteTx, flat: Mapping[str, FlatRate]) -> tuple[Rules, Current]:
    """The rules of now, and the time. Until the transaction ends nobody changes them."""
    current = await versions.hold(tx)
    rules = Rules(current.version, await _shipping(tx, flat), await _taxes(tx), await automatic(tx))
    return rules, current


async def _shipping(tx: ReadTx, flat: Mapping[str, FlatRate]) -> ShippingRules:
    found = await zones.zones(tx)
    return ShippingRules.of((_zone(zone) for zone in found), flat)


def _zone(zone: StoredZone) -> Zone:
    return Zone(zone.id, zone.title, zone.places, tuple(_methods(zone.methods)), zone.elsewhere)


def _methods(found: Iterable[StoredMethod]) -> Iterable[MethodRule]:
    for each in found:
        if each.active:
            known = each.min_days is not None and each.max_days is not None
            estimate = Estimate(each.min_days or 0, each.max_days or 0) if known else None
            yield MethodRule(
                *(each.id, each.title, each.kind, each.basis, each.rates, estimate, each.pickup_at, each.position)
            )


async def _taxes(tx: ReadTx) -> TaxRules:
    settings, shipping = await taxes.settings(tx)
    home = None
    if settings.country is not None:
        home = Destination(settings.country, settings.region or None, settings.postal_code or None)
    rates = [
        TaxRate(
            *(each.id, each.country, each.region, tuple(each.codes), each.tax_class, each.title, each.rate),
            *(each.exempt, each.alone, each.valid_from, each.valid_until),
        )
        for each in await taxes.all_rates(tx)
    ]
    return TaxRules.of(rates, home, settings.without_tax, shipping)
