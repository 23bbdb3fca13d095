"""Cancel the payment of an order, or keep the order from getting one."""

from __future__ import annotations

from uuid import UUID

from chassis import outbox
from chassis.db import WriteTx
from chassis.resilience import failpoints
from chassis.values import uuid7
from payments import events
from payments.context import PaymentsContext
from payments.domain.intent import Change
from payments.domain.payment import Payment, begin_cancelling
from payments.store import payments
from payments.usecases.record_change import follow_up, record_change

REASON = "voided"


async def void_payment(ctx: PaymentsContext, order_id: UUID) -> Payment:
    """The order's payment: being cancelled, cancelled, or, if that is too late, captured or being captured.

    An order without a payment gets a tombstone, so that a late `create` is refused.
    """
    async with ctx.db.write() as tx:
        tombstone = await payments.insert_tombstone(tx, uuid7(), order_id, REASON)
        if tombstone is not None:
            return await _publish_cancelled(tx, tombstone)
        payment = await payments.locked_of_order(tx, order_id)
        assert payment is not None, "payments are never deleted"  # noqa: S101 -- narrows the type
        cancelled = begin_cancelling(payment, REASON)
        if cancelled is payment:
            return payment
        change = Change(cancelled, ("cancelled",) if cancelled.settled else ())
        after = await record_change(tx, payment, change, from_provider=False)
        assert after is not None, "the row is locked"  # noqa: S101 -- narrows the type
    await failpoints.point("payments.after_void_begun")
    follow_up(ctx, payment, after, change)
    return after


async def _publish_cancelled(tx: WriteTx, tombstone: Payment) -> Payment:
    await outbox.publish(tx, "payment", tombstone.id, 1, events.about(tombstone, "cancelled"))
    return tombstone
