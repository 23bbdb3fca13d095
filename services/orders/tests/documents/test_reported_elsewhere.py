"""Faults of amounts that were reported of other shops, with the figures of those reports: docs/features.md."""

from __future__ import annotations

from typing import Any

import pytest

from orders.checkout import Order
from orders.documents.domain.content import invoice_of
from orders.refunds.domain.amounts import after, calculate
from orders.refunds.domain.parts import Exceeds, Wanted
from orders.tests.documents.examples import SELLER
from orders.tests.documents.golden_documents import paid_order, sold
from orders.tests.pricing.orders_by_hand import Golden

BRITAIN = {"currency": "GBP", "to": {"country": "GB", "postal_code": "SW1Y 4LE"}, "method": "Parcel"}
TEXAS = {"currency": "USD", "to": {"country": "US", "region": "TX", "postal_code": "75201"}, "method": "Parcel"}


def ordered(place: dict[str, Any], *lines: tuple[int, int], off: dict[str, Any] | None = None) -> Order:
    """Paid: pieces at a price, in the shop of the golden orders."""
    given = [{"price": price, "quantity": quantity, "tax_class": "standard"} for price, quantity in lines]
    discounts = [{"title": "Off", "target": "order", "code": "OFF", **off}] if off else []
    return paid_order(Golden("elsewhere", "reported", {**place, "lines": given, "discounts": discounts}))


def test_ten_percent_off_many_pieces_is_ten_percent_of_their_sum() -> None:
    """Vendure #3091: 9,151.50 less 10 % came to 0.11 too little, as the discount was rounded by piece."""
    order = ordered(BRITAIN, (36_606, 25), off={"kind": "percent", "rate": 100_000})
    # 915,150 x 10 % = 91,515; 915,150 - 91,515 = 823,635. Shipping is free.
    assert (order.subtotal, order.discount, order.total) == (915_150, 91_515, 823_635)


@pytest.mark.parametrize("prices", [(1000, 1000, 1000), (333, 4999, 1), (7, 11, 13)])
def test_a_fixed_amount_off_is_that_amount_to_the_unit(prices: tuple[int, ...]) -> None:
    """Vendure #2995, #3003: an amount that is divided among pieces or lines was not the amount any more."""
    order = ordered(BRITAIN, *((price, 3) for price in prices), off={"kind": "amount", "amounts": {"GBP": 10}})
    assert (order.discount, sum(line.discount for line in order.lines)) == (10, 10)
    assert order.total == 3 * sum(prices) - 10 + order.shipping


def test_ten_dollars_off_prices_without_tax_are_ten_dollars() -> None:
    """Vendure #1237: 10.00 off took 10.00 and its tax off."""
    order = ordered(TEXAS, (3000, 1), off={"kind": "amount", "amounts": {"USD": 1000}})
    # 20.00 x 8.25 % = 1.65; shipping of 15.00 x 8.25 % = 1.2375 -> 1.24.
    assert (order.discount, order.tax, order.total) == (1000, 165 + 124, 2000 + 165 + 1500 + 124)


def test_a_discount_above_the_goods_leaves_nothing_and_not_less() -> None:
    """Vendure #1717: 500 off a basket of less made its total negative."""
    order = ordered(BRITAIN, (1000, 2), off={"kind": "amount", "amounts": {"GBP": 50_000}})
    assert (order.discount, order.total) == (2000, order.shipping)
    assert [line.paid for line in order.lines] == [0]


def test_tax_is_that_of_the_line_and_not_of_rounded_pieces() -> None:
    """Vendure #2662: 10 pieces of 38.23 with 20 %, with and without 6.2 % off, and a list at 2.6 %."""
    plain = ordered(BRITAIN, (3823, 10))
    # 382.30 x 20/120 = 63.7167 -> 63.72.
    assert (plain.lines[0].paid, plain.lines[0].tax) == (38_230, 6_372)
    less = ordered(BRITAIN, (3823, 10), off={"kind": "percent", "rate": 62_000})
    # 382.30 x 6.2 % = 23.7026 -> 23.70; 358.60 x 20/120 = 59.7667 -> 59.77.
    assert (less.discount, less.lines[0].paid, less.lines[0].tax) == (2_370, 35_860, 5_977)
    for order in (plain, less):
        invoice = invoice_of(order, SELLER)
        assert (invoice.total, invoice.tax, invoice.net + invoice.tax) == (order.total, order.tax, order.total)


@pytest.mark.parametrize("place", [BRITAIN, TEXAS])
def test_all_that_goes_back_has_the_tax_of_shipping_and_leaves_nothing(place: dict[str, Any]) -> None:
    """Vendure #989: it went back without the tax of shipping. #4348: shipping was left as much as its tax."""
    order = ordered(place, (2000, 2))
    made = calculate(sold(order), Wanted({}, whole=True))
    assert (made.amount, made.shipping, made.shipping_tax) == (order.total, order.shipping_paid, order.shipping_tax)
    assert order.shipping_tax > 0
    left = after(sold(order), made)
    assert (left.amount, left.gross, left.shipping, left.shipping_tax) == (0, 0, 0, 0)


def test_what_goes_back_of_a_discounted_order_is_what_was_paid() -> None:
    """Vendure #2393, #2762: the amount to give back did not know of promotions."""
    order = ordered(BRITAIN, (2000, 2), off={"kind": "amount", "amounts": {"GBP": 1000}})
    assert calculate(sold(order), Wanted({1: 2}, order.shipping_paid)).amount == order.total == 3000 + 795


def test_pieces_of_a_line_go_back_more_than_once() -> None:
    """Vendure #868: 2 of 5 pieces, and the other 3 were refused."""
    order = ordered(BRITAIN, (999, 5))
    first = calculate(sold(order), Wanted({1: 2}))
    second = calculate(after(sold(order), first), Wanted({1: 3}))
    assert (first.amount, second.amount) == (1998, 2997)


def test_the_discount_of_a_line_that_went_back_is_not_given_to_the_others() -> None:
    """Vendure #4811: the lines that were left became cheaper."""
    order = ordered(BRITAIN, (2000, 1), (3000, 1), off={"kind": "amount", "amounts": {"GBP": 1000}})
    first = calculate(sold(order), Wanted({1: 1}))
    left = after(sold(order), first)
    assert (first.amount, first.lines[0].discount) == (1600, 400)
    assert [(line.gross, line.discount) for line in left.lines] == [(0, 0), (2400, 600)]
    assert calculate(left, Wanted({2: 1})).amount == 2400


def test_what_is_left_counts_refunds_that_are_on_their_way() -> None:
    """Saleor Dashboard #4493: of 4,216.04 went 1,000 and then 3,175; what was offered next was -25."""
    order = ordered(BRITAIN, (421_604, 1))
    left = sold(order)
    for amount in (100_000, 317_500):
        left = after(left, calculate(left, Wanted({}, amount=amount)))
    assert calculate(left, Wanted({}, whole=True)).amount == 4104
    with pytest.raises(Exceeds) as refused:
        calculate(left, Wanted({}, amount=4105))
    assert refused.value.left == 4104
