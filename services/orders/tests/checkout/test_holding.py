from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from orders.checkout.domain.holding import HoldTotals, Kind, Limit, NewHold, Rules, Scope, Share, crowded, refusal
from orders.shoppers.holders import wider

A, B = uuid4(), uuid4()
RULES = Rules(
    {
        Scope.HOLDER: Limit(3, 100, 10, 2),
        Scope.ADDRESS: Limit(600, 400, 1000, 4),
        Scope.NETWORK: Limit(2000, 2000, 3000, 8),
    },
    Share(10, 50),
    Share(2, 10),
)
NOTHING = dict.fromkeys(Scope, HoldTotals())
ONE = NewHold({A: 1}, {A: 1}, signed_in=False)


def told(new_hold: NewHold, **held: HoldTotals) -> tuple[Scope, Kind, int] | None:
    refused = refusal(new_hold, {**NOTHING, **{Scope(name): what for name, what in held.items()}}, RULES)
    return (refused.scope, refused.kind, refused.allowed) if refused else None


@pytest.mark.parametrize(
    ("wanted", "available", "allowed"),
    [
        (3, 4, True),
        (10, 10, True),
        (11, 11, False),
        (11, 22, True),
        (60, 100, False),
        (50, 100, True),
        (100, 999, True),
    ],
)
def test_a_few_units_are_always_allowed_and_of_many_half(wanted: int, available: int, allowed: bool) -> None:  # noqa: FBT001 -- a parameter
    assert (told(NewHold({A: wanted}, {A: available}, signed_in=False)) is None) is allowed


def test_untracked_variants_have_no_share_but_a_limit_of_units() -> None:
    assert told(NewHold({A: 100}, {}, signed_in=True)) is None
    assert told(NewHold({A: 99, B: 2}, {}, signed_in=True)) == (Scope.HOLDER, Kind.UNITS, 100)


def test_a_share_counts_what_the_holder_has_already() -> None:
    mine = HoldTotals(orders=1, units=9, pieces={A: 9})
    assert told(NewHold({A: 1}, {A: 1}, signed_in=False), holder=mine) is None
    assert told(NewHold({A: 2}, {A: 5}, signed_in=False), holder=mine) == (Scope.HOLDER, Kind.VARIANT, 10)


@pytest.mark.parametrize(
    ("scope", "held", "kind"),
    [
        (Scope.HOLDER, HoldTotals(orders=3), Kind.ORDERS),
        (Scope.HOLDER, HoldTotals(lapsed=10), Kind.LAPSED),
        (Scope.HOLDER, HoldTotals(orders=1, units=99), Kind.UNITS),
        (Scope.ADDRESS, HoldTotals(orders=600), Kind.ORDERS),
        (Scope.ADDRESS, HoldTotals(units=399), Kind.UNITS),
        (Scope.ADDRESS, HoldTotals(lapsed=1000), Kind.LAPSED),
        (Scope.ADDRESS, HoldTotals(pieces={A: 9}), Kind.VARIANT),
        (Scope.NETWORK, HoldTotals(orders=2000), Kind.ORDERS),
        (Scope.NETWORK, HoldTotals(units=1999), Kind.UNITS),
        (Scope.NETWORK, HoldTotals(lapsed=3000), Kind.LAPSED),
    ],
)
def test_every_limit_is_named(scope: Scope, held: HoldTotals, kind: Kind) -> None:
    found = told(NewHold({A: 2}, {A: 2}, signed_in=False), **{scope.value: held})
    assert found is not None
    assert found[:2] == (scope, kind)


def test_the_last_unit_is_allowed_for_a_first_order_at_a_full_address() -> None:
    full = HoldTotals(orders=599, units=400, pieces={A: 400})
    assert told(ONE, address=full, network=HoldTotals(orders=1999, units=2000)) is None
    crowded = replace(full, orders=600)
    assert told(ONE, address=crowded) == (Scope.ADDRESS, Kind.ORDERS, 600)
    customer = replace(ONE, signed_in=True)
    assert told(customer, address=crowded, network=HoldTotals(orders=9999, lapsed=9999)) is None
    assert told(customer, address=crowded, holder=HoldTotals(orders=1, units=1)) == (Scope.ADDRESS, Kind.ORDERS, 600)
    assert told(customer, holder=HoldTotals(lapsed=10)) == (Scope.HOLDER, Kind.LAPSED, 10)


def test_only_first_units_far_from_every_limit_need_no_lock() -> None:
    held = {**NOTHING, Scope.ADDRESS: HoldTotals(orders=300), Scope.NETWORK: HoldTotals(orders=1700)}
    assert not crowded(ONE, held, RULES)
    assert crowded(ONE, {**held, Scope.ADDRESS: HoldTotals(orders=301)}, RULES)
    assert crowded(ONE, {**held, Scope.NETWORK: HoldTotals(orders=1701)}, RULES)
    assert crowded(ONE, {**held, Scope.HOLDER: HoldTotals(orders=1)}, RULES)
    assert crowded(NewHold({A: 2}, {}, signed_in=True), held, RULES)


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::/64", "2001:db8:1::/48"), ("0.0.0.0", "0.0.0.0/24")],
)
def test_an_address_has_its_network_prefix(address: str, network: str) -> None:
    assert wider(address) == network


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize(
    ("scope", "held", "wanted", "refused"),
    [
        (Scope.HOLDER, HoldTotals(manual=1), 2, None),
        (Scope.HOLDER, HoldTotals(manual=2), 1, (Kind.MANUAL, 2)),
        (Scope.HOLDER, HoldTotals(), 3, (Kind.MANUAL_VARIANT, 2)),
        (Scope.ADDRESS, HoldTotals(manual=3, manual_pieces={A: 1}), 1, None),
        (Scope.ADDRESS, HoldTotals(manual=4), 1, (Kind.MANUAL, 4)),
        (Scope.ADDRESS, HoldTotals(manual_pieces={A: 2}), 1, (Kind.MANUAL_VARIANT, 2)),
        (Scope.NETWORK, HoldTotals(manual=7, manual_pieces={A: 9}), 1, None),
        (Scope.NETWORK, HoldTotals(manual=8), 1, (Kind.MANUAL, 8)),
        (Scope.NETWORK, HoldTotals(manual_pieces={A: 10}), 1, (Kind.MANUAL_VARIANT, 10)),
    ],
)
def test_what_takes_days_to_pay_has_small_limits_of_which_nobody_is_exempt(
    signed_in: bool,  # noqa: FBT001 -- a parameter
    scope: Scope,
    held: HoldTotals,
    wanted: int,
    refused: tuple[Kind, int] | None,
) -> None:
    new = NewHold({A: wanted}, {A: 20}, signed_in=signed_in, manual=True)
    assert told(new, **{scope.value: held}) == (refused and (scope, *refused))
    assert told(replace(new, manual=False), **{scope.value: held}) is None
    assert crowded(new, NOTHING, RULES)
