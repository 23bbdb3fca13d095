"""Zones, methods and what they cost."""

from __future__ import annotations

import pytest

from orders.pricing.domain.basket import Destination, Wanted
from orders.pricing.domain.places import Place, Whereabouts
from orders.pricing.domain.shipping import Band, FlatRate, Rate, ShippingRules, price_of, shipped
from orders.tests.pricing.samples import line, method, named, wanted, zone

RULES = ShippingRules.of(
    (
        zone("Germany", Place("DE")),
        zone("Bavaria", Place("DE", "BAYERN")),
        zone("Islands", Place("DE", "", "25*"), Place("DE", "", "25845-25849")),
        zone("Hooge", Place("DE", "", "25859")),
        zone("Sylt", Place("DE", "BAYERN", "25*")),
        zone("World", elsewhere=True),
    ),
    {},
)


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        (Destination("DE"), "Germany"),
        (Destination("DE", "Bayern"), "Bavaria"),
        (Destination("DE", "Bayern", "80331"), "Bavaria"),
        (Destination("DE", None, "25999"), "Islands"),
        (Destination("DE", None, "25859"), "Hooge"),
        (Destination("DE", "Bayern", "25999"), "Sylt"),
        (Destination("FR", None, "25999"), "World"),
    ],
)
def test_the_narrowest_place_decides(destination: Destination, expected: str):
    found = RULES.zone(Whereabouts.of(destination))
    assert found is not None
    assert found.title == expected


BANDS = Rate((Band(500, 490), Band(5_000, 290), Band(20_000, None)), free_from=10_000)


@pytest.mark.parametrize(
    ("value", "weight", "by_value", "by_weight"),
    [
        (0, 499, None, None),
        (500, 500, 490, 490),
        (4_999, 4_999, 490, 490),
        (5_000, 5_000, 290, 290),
        (10_000, 500, 0, 0),
        (20_000, 20_000, None, None),
    ],
)
def test_the_last_band_that_begins_below_counts(value: int, weight: int, by_value: int | None, by_weight: int | None):
    assert price_of(BANDS, "value", value, weight) == by_value
    assert price_of(BANDS, "weight", value, weight) == by_weight


def ways(wish: Wanted, *methods: object) -> ShippingRules:
    return ShippingRules.of((zone("Germany", Place("DE"), methods=methods),), {})  # type: ignore[arg-type]  # samples


def test_the_cheapest_way_to_the_door_counts_where_none_is_chosen():
    dear, cheap = method("dear", 900), method("cheap", 400)
    fetched = method("fetched", 0, kind="pickup", pickup_at="Here")
    rules = ways(wanted(), dear, fetched, cheap)
    found = shipped(wanted(), rules)
    assert found.method is not None
    assert found.method.title == "cheap"
    chosen = shipped(wanted(method_id=named("fetched")), rules)
    assert chosen.method is not None
    assert (chosen.method.price, chosen.method.pickup_at) == (0, "Here")
    only = shipped(wanted(), ways(wanted(), fetched))
    assert only.method is not None


def test_methods_stand_in_the_order_that_staff_gave_them():
    rules = ways(wanted(), method("b", position=2), method("a", position=1))
    assert [each.title for each in shipped(wanted(), rules).methods] == ["a", "b"]


def test_why_an_order_is_not_shipped():
    assert shipped(wanted(to=None), RULES).problem == "destination-needed"
    assert shipped(wanted(to="DE", method_id=named("World parcel")), RULES).problem == "method-not-offered"
    assert shipped(wanted(currency="USD"), RULES).problem == "no-method"
    nowhere = ShippingRules.of((zone("Germany", Place("DE")),), {})
    assert shipped(wanted(to="FR"), nowhere).problem == "no-method"
    assert shipped(wanted(), ShippingRules.of((), {"USD": FlatRate(500, None)})).problem == "no-method"


def test_what_is_not_shipped_needs_no_way():
    download = wanted(line(requires_shipping=False), to=None)
    found = shipped(download, RULES)
    assert (found.requires_shipping, found.method, found.problem) == (False, None, None)


def test_only_what_is_shipped_weighs():
    heavy = line(weight_grams=3_000, quantity=2)
    download = line(weight_grams=9_000, requires_shipping=False)
    by_weight = method(
        "by weight", basis="weight", rates={"EUR": Rate((Band(0, 100), Band(6_000, 200), Band(6_001, 300)))}
    )
    found = shipped(wanted(heavy, download), ways(wanted(), by_weight))
    assert found.method is not None
    assert found.method.price == 200
