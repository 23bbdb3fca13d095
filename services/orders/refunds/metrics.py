"""Metrics of refunds and cancellations."""

from __future__ import annotations

from chassis.telemetry import counter, shared_gauge
from orders.refunds.domain.cancellation import CancelReason
from orders.refunds.domain.refund import Origin, RefundStatus

CURRENCY = "a currency that the shop sells in"

refunds = counter(
    "order_refunds",
    "Refunds by who made them and what became of them",
    {"origin": list(Origin), "status": list(RefundStatus)},
)
refunded = counter("order_refunded_minor", "Money that went back, in minor units", {"currency": CURRENCY})
cancelled = counter(
    "order_pieces_cancelled", "Pieces that staff cancelled after the payment", {"reason": list(CancelReason)}
)
credit_notes_missing = counter("order_credit_notes_missing", "Refunds whose credit note could not be made")
waiting = shared_gauge(
    "order_refund_longest_wait_seconds", "For how long the oldest refund has waited for the provider to accept it"
)


def start(currencies: tuple[str, ...]) -> None:
    """Begin at 0 what is counted by currency."""
    for currency in currencies:
        refunded.start(currency)
