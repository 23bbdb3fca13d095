"""Metrics of returns."""

from __future__ import annotations

from chassis.telemetry import counter
from orders.returns.domain.return_state import ReturnReason, ReturnStatus

returns = counter("order_returns", "Returns by the status that they came to", {"status": list(ReturnStatus)})
reasons = counter("order_return_reasons", "Returns by their reason", {"reason": list(ReturnReason)})
pieces = counter(
    "order_pieces_returned",
    "Pieces of received returns by what became of them",
    {"outcome": ("restocked", "discarded", "to_process", "missing")},
)
