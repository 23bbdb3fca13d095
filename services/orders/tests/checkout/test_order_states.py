"""The three states of an order, derived from what has happened to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.checkout.domain.order_states import (
    FulfilmentStatus,
    Life,
    PaymentStatus,
    Progress,
    fulfilment_status,
    life,
    payment_status,
)
from orders.checkout.domain.order_values import OrderStatus, Payment


@pytest.mark.parametrize(
    ("payment", "progress", "expected"),
    [
        ("none", Progress(), "pending"),
        ("unknown", Progress(), "pending"),
        ("open", Progress(), "pending"),
        ("authorised", Progress(), "authorised"),
        ("cancelled", Progress(), "cancelled"),
        ("captured", Progress(), "paid"),
        ("captured", Progress(refund_pending=100), "paid"),
        ("captured", Progress(refunded=1), "partly_refunded"),
        ("captured", Progress(refunded=99, refund_pending=1), "partly_refunded"),
        ("captured", Progress(refunded=100), "refunded"),
        ("captured", Progress(refunded=100, disputes=1), "disputed"),
        ("captured", Progress(disputes=2), "disputed"),
    ],
)
def test_the_state_of_the_payment(payment: str, progress: Progress, expected: str) -> None:
    assert payment_status(Payment(payment), 100, progress).value == expected


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (Progress(), "unfulfilled"),
        (Progress(cancelled=2), "unfulfilled"),
        (Progress(cancelled=3), "not_needed"),
        (Progress(fulfilled=1), "partly_fulfilled"),
        (Progress(fulfilled=3), "fulfilled"),
        (Progress(fulfilled=2, cancelled=1), "fulfilled"),
        (Progress(fulfilled=3, returned=1), "partly_returned"),
        (Progress(fulfilled=3, returned=3), "returned"),
        (Progress(fulfilled=2, returned=2), "partly_returned"),
        (Progress(fulfilled=2, returned=2, cancelled=1), "returned"),
    ],
)
def test_the_state_of_what_is_sent(progress: Progress, expected: str) -> None:
    assert fulfilment_status(3, progress, ships=True).value == expected


def test_what_is_not_sent_by_post_needs_no_parcel_but_may_be_handed_over() -> None:
    assert fulfilment_status(3, Progress(), ships=False) is FulfilmentStatus.NOT_NEEDED
    assert fulfilment_status(3, Progress(fulfilled=3), ships=False) is FulfilmentStatus.FULFILLED


@pytest.mark.parametrize(
    ("status", "progress", "expected"),
    [
        ("placed", Progress(), "open"),
        ("cancelling", Progress(), "open"),
        ("cancelled", Progress(), "cancelled"),
        ("paid", Progress(), "open"),
        ("paid", Progress(cancelled=2), "open"),
        ("paid", Progress(cancelled=3), "cancelled"),
        ("paid", Progress(archived=True), "archived"),
        ("cancelled", Progress(archived=True), "archived"),
    ],
)
def test_the_life_of_an_order(status: str, progress: Progress, expected: str) -> None:
    assert life(OrderStatus(status), 3, progress) is Life(expected)


@given(
    cancelled=st.integers(0, 5), fulfilled=st.integers(0, 5), returned=st.integers(0, 5), refunded=st.integers(0, 100)
)
def test_all_is_sent_or_paid_back_only_when_nothing_is_left(
    cancelled: int, fulfilled: int, returned: int, refunded: int
) -> None:
    progress = Progress(cancelled, min(fulfilled, 5 - cancelled), min(returned, fulfilled, 5 - cancelled), refunded)
    sent = fulfilment_status(5, progress, ships=True)
    waiting = 5 - progress.cancelled - progress.fulfilled
    if sent in {FulfilmentStatus.FULFILLED, FulfilmentStatus.RETURNED, FulfilmentStatus.NOT_NEEDED}:
        assert waiting == 0
    if sent in {FulfilmentStatus.UNFULFILLED, FulfilmentStatus.PARTLY_FULFILLED}:
        assert waiting > 0
    paid = payment_status(Payment.CAPTURED, 100, progress)
    assert (paid is PaymentStatus.REFUNDED) == (refunded >= 100)
