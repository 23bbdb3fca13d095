"""Refunds of orders: calculate, create, follow; cancellation by staff after the payment; disputes."""

from __future__ import annotations

from orders.refunds.api.admin import router as staff_router
from orders.refunds.api.requests import money
from orders.refunds.api.routes import router
from orders.refunds.domain.refund import Refund, RefundReason
from orders.refunds.following import follow
from orders.refunds.metrics import start as start_metrics
from orders.refunds.metrics import waiting as waiting_metric
from orders.refunds.problems import OrderNotArchivable, OrderNotRefundable, RefundExceeds
from orders.refunds.store.cancellations import of_order as cancellations_of
from orders.refunds.store.refunds import ANY_DUE, find
from orders.refunds.store.refunds import of_order as refunds_of
from orders.refunds.usecases.archive_order import check_archivable, put_away
from orders.refunds.usecases.customer_hooks import (
    cancellation_facts,
    mail_cancelled,
    mail_refunded,
    refund_facts,
    take_back_credit_note,
    write_credit_note,
)
from orders.refunds.usecases.hooks import Hooks
from orders.refunds.usecases.make_refund import RefundOrder, make_refund
from orders.refunds.usecases.preview_refund import PieceWish, RefundWish
from orders.refunds.usecases.send_refund import send_refund
from orders.refunds.usecases.sweep_refunds import measure_refunds, sweep_refunds
from orders.refunds.usecases.write_missing_notes import write_missing_notes

__all__ = [
    "ANY_DUE",
    "Hooks",
    "OrderNotArchivable",
    "OrderNotRefundable",
    "PieceWish",
    "Refund",
    "RefundExceeds",
    "RefundOrder",
    "RefundReason",
    "RefundWish",
    "cancellation_facts",
    "cancellations_of",
    "check_archivable",
    "find",
    "follow",
    "mail_cancelled",
    "mail_refunded",
    "make_refund",
    "measure_refunds",
    "money",
    "put_away",
    "refund_facts",
    "refunds_of",
    "router",
    "send_refund",
    "staff_router",
    "start_metrics",
    "sweep_refunds",
    "take_back_credit_note",
    "waiting_metric",
    "write_credit_note",
    "write_missing_notes",
]
