"""The rules of pieces, parcels and carriers, without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orders.fulfilment.domain.carriers import CARRIERS, Tracking, tracking_of
from orders.fulfilment.domain.parcel_state import ParcelStatus, ParcelStep, after
from orders.fulfilment.domain.pieces import Pieces, all_sent, too_many
from orders.fulfilment.domain.shippable import Obstacle, Standing, obstacle

COUNTS = st.dictionaries(st.integers(1, 5), st.integers(0, 9), max_size=5)


@given(COUNTS, COUNTS)
def test_what_is_too_many_is_just_what_is_not_free(wanted, free):
    missing = too_many(wanted, free)
    assert all(wanted[place] > has == free.get(place, 0) for place, has in missing.items())
    assert all(wanted[place] <= free.get(place, 0) for place in wanted.keys() - missing.keys())


def test_nothing_is_free_of_a_line_that_has_less_than_nothing():
    assert too_many({1: 1}, {1: -2}) == {1: 0}


def test_an_order_is_fulfilled_once_something_was_sent_and_nothing_is_left():
    assert all_sent([Pieces(1, 2, fulfilled=1, cancelled=1), Pieces(2, 1, cancelled=1)])
    assert not all_sent([Pieces(1, 2, cancelled=2)])
    assert not all_sent([Pieces(1, 2, fulfilled=2), Pieces(2, 1)])


def test_a_parcel_goes_one_way():
    sent, delivered, cancelled = ParcelStatus
    assert [after(sent, step) for step in ParcelStep] == [delivered, cancelled]
    assert [after(delivered, step) for step in ParcelStep] == [delivered, None]
    assert [after(cancelled, step) for step in ParcelStep] == [None, cancelled]


def test_what_keeps_an_order_from_being_sent():
    free = Standing(paid=True, without_stock=False, total=100, refunded=99, disputes=0)
    assert obstacle(free, despite_dispute=False) is None
    disputed = Standing(paid=True, without_stock=False, total=100, refunded=0, disputes=1)
    assert obstacle(disputed, despite_dispute=False) is Obstacle.DISPUTED
    assert obstacle(disputed, despite_dispute=True) is None
    lost = Standing(paid=True, without_stock=True, total=100, refunded=0, disputes=1)
    assert obstacle(lost, despite_dispute=True) is Obstacle.WITHOUT_STOCK


def test_what_cost_nothing_is_sent_and_what_was_given_back_is_not():
    cost_nothing = Standing(paid=True, without_stock=False, total=0, refunded=0, disputes=0)
    assert obstacle(cost_nothing, despite_dispute=False) is None
    given_back = Standing(paid=True, without_stock=False, total=100, refunded=100, disputes=0)
    assert obstacle(given_back, despite_dispute=True) is Obstacle.REFUNDED


def test_each_carrier_has_a_page_by_https_and_a_number_cannot_leave_its_place():
    for key, carrier in CARRIERS.items():
        found = tracking_of(carrier.title.upper(), "A/1 ?#&b", None)
        assert (found.carrier, found.carrier_title) == (key, carrier.title)
        assert found.url == f"{carrier.page}A%2F1%3F%23%26b{carrier.rest}"
        assert found.url.startswith("https://")


def test_other_carriers_and_other_pages_are_kept_as_they_are():
    assert tracking_of("My bike", "7", None) == Tracking("My bike", "7", None)
    assert tracking_of("ups", "7", "https://a.example/7").url == "https://a.example/7"
    assert tracking_of("ups", None, None) == Tracking("ups", None, None)
    assert tracking_of(None, None, None) == Tracking()


def test_a_number_that_makes_too_long_an_address_has_no_page():
    number = "\N{CJK UNIFIED IDEOGRAPH-756A}" * 60
    assert tracking_of("ups", number, None) == Tracking("ups", number, None)
