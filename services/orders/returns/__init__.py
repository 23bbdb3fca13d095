"""Returns: asked for by shoppers, decided on, received, inspected and paid back by staff."""

from __future__ import annotations

from orders.returns.api.admin import router as staff_router
from orders.returns.api.routes import router
from orders.returns.domain.return_state import ReturnReason
from orders.returns.usecases.refund_return import forget_failed_refund

__all__ = [
    "ReturnReason",
    "forget_failed_refund",
    "router",
    "staff_router",
]
