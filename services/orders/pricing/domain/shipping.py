"""Which ways of shipping there are for an order, and what each costs by the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from orders.pricing.domain.basket import BasketLine, Wanted
from orders.pricing.domain.places import Place, Whereabouts, rank, within
from orders.pricing.domain.priced import Estimate, Method, MethodKind, ShippingProblem

Basis = Literal["value", "weight"]
"""What the bands of a method count: the value of all goods by the list, or the grams of what is shipped."""


@dataclass(frozen=True, slots=True)
class Band:
    """From this value or weight on, up to the next band. `price`: None: the method is not offered there."""

    at_least: int
    price: int | None


@dataclass(frozen=True, slots=True)
class Rate:
    """What a method costs in one currency. `free_from`: the value of goods from which it is free; None: never."""

    bands: tuple[Band, ...]
    free_from: int | None = None


@dataclass(frozen=True, slots=True)
class MethodRule:
    """A way of shipping in a zone. In a currency without a rate it is not offered."""

    id: UUID
    title: str
    kind: MethodKind
    basis: Basis
    rates: Mapping[str, Rate]
    estimate: Estimate | None = None
    pickup_at: str | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Zone:
    """Places with the same ways of shipping. `elsewhere`: the rest of the world, and no places of its own."""

    id: UUID
    title: str
    places: tuple[Place, ...]
    methods: tuple[MethodRule, ...]
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class FlatRate:
    """What shipping costs in a shop without zones. `free_from`: as in Rate."""

    amount: int
    free_from: int | None


@dataclass(frozen=True, slots=True)
class ShippingRules:
    """All zones, or without them a flat rate for each currency. `by_country` is made from `zones`."""

    zones: tuple[Zone, ...] = ()
    flat: Mapping[str, FlatRate] = field(default_factory=dict)
    by_country: Mapping[str, tuple[tuple[Place, Zone], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, zones: Iterable[Zone], flat: Mapping[str, FlatRate]) -> ShippingRules:
        """With the places by country, the narrowest first."""
        zones = tuple(zones)
        found: dict[str, list[tuple[Place, Zone]]] = {}
        for zone in zones:
            for place in zone.places:
                found.setdefault(place.country, []).append((place, zone))
        for pairs in found.values():
            pairs.sort(key=lambda pair: (rank(pair[0]), pair[0].postal), reverse=True)
        return cls(zones, flat, {country: tuple(pairs) for country, pairs in found.items()})

    def zone(self, where: Whereabouts) -> Zone | None:
        """The zone of a destination: that of its narrowest place, else the rest of the world."""
        for place, zone in self.by_country.get(where.country, ()):
            if within(place, where):
                return zone
        return next((zone for zone in self.zones if zone.elsewhere), None)


@dataclass(frozen=True, slots=True)
class Shipped:
    """The ways that are offered, and the one that counts; or why none does."""

    requires_shipping: bool
    methods: tuple[Method, ...] = ()
    method: Method | None = None
    problem: ShippingProblem | None = None


def shipped(wanted: Wanted, rules: ShippingRules) -> Shipped:
    """How an order is shipped. Without a choice by the shopper it is the cheapest way to their door."""
    if not any(line.requires_shipping for line in wanted.lines):
        return Shipped(requires_shipping=False)
    value = sum(line.listed for line in wanted.lines)
    if not rules.zones:
        return _flat(wanted.currency, value, rules.flat)
    if wanted.destination is None:
        return Shipped(requires_shipping=True, problem="destination-needed")
    zone = rules.zone(Whereabouts.of(wanted.destination))
    methods = _offered(zone, wanted.currency, value, _weight(wanted.lines)) if zone else ()
    if not methods:
        return Shipped(requires_shipping=True, problem="no-method")
    if wanted.method_id is None:
        return Shipped(True, methods, min(methods, key=lambda each: (each.kind == "pickup", each.price)))
    chosen = next((each for each in methods if each.id == wanted.method_id), None)
    return Shipped(True, methods, chosen, None if chosen else "method-not-offered")


def _flat(currency: str, value: int, rates: Mapping[str, FlatRate]) -> Shipped:
    rate = rates.get(currency)
    if rate is None:
        return Shipped(requires_shipping=True, problem="no-method")
    free = rate.free_from is not None and value >= rate.free_from
    method = Method(None, "", "delivery", 0 if free else rate.amount)
    return Shipped(True, (method,), method)


def _offered(zone: Zone, currency: str, value: int, weight: int) -> tuple[Method, ...]:
    found = []
    for rule in sorted(zone.methods, key=lambda each: (each.position, each.id)):
        rate = rule.rates.get(currency)
        price = None if rate is None else price_of(rate, rule.basis, value, weight)
        if price is not None:
            found.append(Method(rule.id, rule.title, rule.kind, price, zone.title, rule.estimate, rule.pickup_at))
    return tuple(found)


def price_of(rate: Rate, basis: Basis, value: int, weight: int) -> int | None:
    """What a method costs goods of this value and weight; None: it does not take them."""
    measure = value if basis == "value" else weight
    band = max((band for band in rate.bands if band.at_least <= measure), key=lambda band: band.at_least, default=None)
    if band is None or band.price is None:
        return None
    return 0 if rate.free_from is not None and value >= rate.free_from else band.price


def _weight(lines: Iterable[BasketLine]) -> int:
    return sum(line.weight_grams * line.quantity for line in lines if line.requires_shipping)
