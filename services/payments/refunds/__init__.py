"""Refunds of captured payments: asked for by orders, or made in the provider's dashboard."""

from payments.refunds.api.internal import router
from payments.refunds.jobs import register
from payments.refunds.settling import RefundSettling
from payments.refunds.usecases.apply_refund_event import apply_charge_event, apply_refund_event
from payments.refunds.usecases.read_open import read_open
from payments.refunds.usecases.settle_refund import settle_refund

__all__ = [
    "RefundSettling",
    "apply_charge_event",
    "apply_refund_event",
    "read_open",
    "register",
    "router",
    "settle_refund",
]
