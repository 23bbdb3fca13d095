"""The events that other programs can be told of, by the service that publishes them. None holds personal data."""

from __future__ import annotations

from typing import Literal, get_args

Type = Literal[
    "account.registered",
    "account.erased",
    "product.changed",
    "stock.changed",
    "order.placed",
    "order.paid",
    "order.cancelled",
    "order.refunded",
    "order.refund_failed",
    "order.pieces_cancelled",
    "order.parcel_sent",
    "order.parcel_cancelled",
    "order.fulfilled",
    "order.returned",
    "payment.authorised",
    "payment.declined",
    "payment.captured",
    "payment.cancelled",
    "payment.refunded",
    "payment.refund_failed",
    "payment.disputed",
    "payment.dispute_closed",
]
TYPES: tuple[str, ...] = get_args(Type)
# Sent by staff, to try an endpoint.
TEST = "webhook.test"
PRODUCERS = {"account": "identity", "product": "catalog", "stock": "catalog", "order": "orders", "payment": "payments"}


def of_producer(producer: str) -> list[str]:
    """The types that a service publishes."""
    return [each for each in TYPES if PRODUCERS[each.partition(".")[0]] == producer]
