"""What this room does with the events of payments."""

from __future__ import annotations

from typing import Any

from chassis.db import WriteTx
from chassis.inbox import Consumer
from chassis.outbox import Event
from orders.events import PaymentDisputeClosed, PaymentDisputed, PaymentRefunded, PaymentRefundFailed
from orders.refunds.usecases.record_dispute import record_dispute_closed, record_disputed
from orders.refunds.usecases.record_refund import made_elsewhere, record_failed, record_refunded


def follow(payments: Consumer) -> None:
    """Register the handlers."""
    payments.on(PaymentRefunded)(_refunded)
    payments.on(PaymentRefundFailed)(_refund_failed)
    payments.on(PaymentDisputed)(_disputed)
    payments.on(PaymentDisputeClosed)(_dispute_closed)


async def _refunded(ctx: Any, tx: WriteTx, _event: Event, data: PaymentRefunded) -> None:
    told = made_elsewhere(data.order_id, data.refund_id, data.amount, data.origin)
    await record_refunded(ctx, tx, data.order_id, told)


async def _refund_failed(ctx: Any, tx: WriteTx, _event: Event, data: PaymentRefundFailed) -> None:
    await record_failed(ctx, tx, data.order_id, data.refund_id, data.reason)


async def _disputed(_ctx: Any, tx: WriteTx, _event: Event, data: PaymentDisputed) -> None:
    await record_disputed(tx, data.order_id, data.dispute_id, data.amount, data.reason)


async def _dispute_closed(_ctx: Any, tx: WriteTx, _event: Event, data: PaymentDisputeClosed) -> None:
    await record_dispute_closed(tx, data.order_id, data.dispute_id, data.amount, data.outcome)
