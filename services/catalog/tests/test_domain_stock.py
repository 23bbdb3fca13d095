from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.stock import (
    HoldRequest,
    Outcome,
    Reservation,
    ReservationStatus,
    StockLevel,
    decide,
    decide_release,
    decide_sale,
    shortages,
    total,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOLD = timedelta(minutes=15)
A, B, C = (UUID(int=number) for number in (1, 2, 3))
VARIANTS = st.sampled_from([A, B, C])
WANTED = st.dictionaries(VARIANTS, st.integers(1, 5), min_size=1)
ORDERS = st.integers(1, 6).map(lambda number: UUID(int=100 + number))


def levels(**on_hand: int) -> dict[UUID, StockLevel]:
    names = {"a": A, "b": B, "c": C}
    return {
        names[name]: StockLevel(names[name], name, units, reserved=0, tracked=True, backorder=False)
        for name, units in on_hand.items()
    }


@given(st.lists(st.tuples(VARIANTS, st.integers(1, 999)), min_size=1))
def test_lines_of_one_variant_are_summed_and_variants_come_in_order(lines: list[tuple[UUID, int]]):
    units = total(lines)
    assert sum(units.values()) == sum(quantity for _, quantity in lines)
    assert list(units) == sorted(units)


@given(
    st.lists(st.builds(HoldRequest, ORDERS, WANTED, st.just(HOLD)), max_size=12),
    st.integers(0, 10),
    st.integers(0, 10),
)
def test_nothing_is_ever_held_beyond_what_is_there_and_each_ask_is_all_or_nothing(
    asks: list[HoldRequest], a: int, b: int
):
    stock, known = levels(a=a, b=b), dict[UUID, Reservation]()
    decisions = decide(asks, known, stock, NOW)
    held = [d.reservation for d in decisions if d.outcome is Outcome.HELD and d.reservation]
    for variant_id, level in stock.items():
        assert level.reserved == sum(order.wanted.get(variant_id, 0) for order in held)
        assert level.reserved <= level.on_hand
    assert len({order.order_id for order in held}) == len(held)
    for ask, decision in zip(asks, decisions, strict=True):
        if decision.outcome is Outcome.SHORT:
            assert {short.variant_id for short in decision.shortages} <= set(ask.wanted)
            assert decision.shortages
            assert decision.reservation is None


@given(WANTED, WANTED)
def test_the_same_order_again_gets_the_same_answer_or_a_mismatch(first: dict[UUID, int], second: dict[UUID, int]):
    stock, known = levels(a=50, b=50, c=50), dict[UUID, Reservation]()
    one, two = decide(
        [HoldRequest(UUID(int=9), first, HOLD), HoldRequest(UUID(int=9), second, HOLD)], known, stock, NOW
    )
    assert one.outcome is Outcome.HELD
    assert two.outcome is (Outcome.AGAIN if first == second else Outcome.MISMATCH)
    assert sum(level.reserved for level in stock.values()) == sum(first.values())


def test_a_lapsed_hold_keeps_its_units_until_it_is_swept_and_is_taken_anew():
    stock = levels(a=1)
    stock[A].reserved = 1
    lapsed = Reservation(UUID(int=9), ReservationStatus.HELD, {A: 1}, NOW - HOLD)
    (again,) = decide([HoldRequest(lapsed.order_id, {A: 1}, HOLD)], {lapsed.order_id: lapsed}, stock, NOW)
    assert again.outcome is Outcome.HELD
    assert again.reservation is not None
    assert again.reservation.expires_at == NOW + HOLD
    assert stock[A].reserved == 1


def test_an_expired_hold_is_taken_anew_only_if_the_stock_allows():
    expired = Reservation(UUID(int=9), ReservationStatus.EXPIRED, {A: 2}, NOW - HOLD)
    ask = HoldRequest(expired.order_id, {A: 2}, HOLD)
    assert decide([ask], {expired.order_id: expired}, levels(a=2), NOW)[0].outcome is Outcome.HELD
    assert decide([ask], {expired.order_id: expired}, levels(a=1), NOW)[0].outcome is Outcome.SHORT


def test_untracked_and_backorder_variants_are_never_short():
    stock = levels(a=0, b=0)
    stock[A].tracked, stock[B].backorder = False, True
    assert stock[A].available is stock[B].available is None
    assert shortages(stock, {A: 10**6, B: 10**6}) == []


def test_an_inactive_variant_has_nothing_available():
    stock = levels(a=10)
    stock[A].sellable = False
    stock[A].tracked = False
    (short,) = shortages(stock, {A: 1})
    assert (short.sku, short.requested, short.available) == ("a", 1, 0)


def test_an_unknown_variant_is_short_without_a_name():
    (short,) = shortages({}, {C: 2})
    assert (short.variant_id, short.sku, short.requested, short.available) == (C, "", 2, 0)


@given(st.sampled_from(ReservationStatus), st.integers(0, 3))
def test_only_what_is_held_or_still_there_is_sold(status: ReservationStatus, on_hand: int):
    order = Reservation(UUID(int=9), status, {A: 2}, NOW)
    stock = levels(a=on_hand)
    outcome = decide_sale(order, stock).outcome
    expected = {
        ReservationStatus.HELD: Outcome.SOLD,
        ReservationStatus.COMMITTED: Outcome.AGAIN,
        ReservationStatus.RELEASED: Outcome.SHORT,
        ReservationStatus.EXPIRED: Outcome.SOLD if on_hand >= 2 else Outcome.SHORT,
    }
    assert outcome is expected[status]


def test_two_lapsed_orders_do_not_both_get_the_last_unit():
    stock = levels(a=1)
    first, second = (Reservation(UUID(int=number), ReservationStatus.EXPIRED, {A: 1}, NOW) for number in (8, 9))
    assert [decide_sale(order, stock).outcome for order in (first, second)] == [Outcome.SOLD, Outcome.SHORT]


def test_of_an_unknown_order_nothing_is_sold_and_its_release_is_noted():
    assert decide_sale(None, {}).outcome is Outcome.SHORT
    assert decide_release(None) is Outcome.GIVEN_UP


@given(st.sampled_from(ReservationStatus))
def test_what_is_sold_is_not_given_back(status: ReservationStatus):
    outcome = decide_release(Reservation(UUID(int=9), status, {A: 1}, NOW))
    expected = {ReservationStatus.COMMITTED: Outcome.COMMITTED, ReservationStatus.RELEASED: Outcome.AGAIN}
    assert outcome is expected.get(status, Outcome.GIVEN_UP)
