"""Cancel the payment of an order, or prevent that it gets one."""

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
    """The order's payment: on its way to be cancelled, cancelled, or (too late for that) captured or being captured.

    An order without a payment gets a tombstone, so that a late `create` is refused.
    """
    async with ctx.db.write() as tx:
        buried = await payments.bury(tx, uuid7(), order_id, REASON)
        if buried is not None:
            return await _tell(tx, buried)
        payment = await payments.locked_of_order(tx, order_id)
        assert payment is not None, "payments are never deleted"  # noqa: S101 -- narrows the type
        change = Change(begin_cancelling(payment, REASON))
        if change.payment is payment:
            return payment
        after = await record_change(tx, payment, change, told_by_provider=False)
        assert after is not None, "the row is locked"  # noqa: S101 -- narrows the type
    await failpoints.point("payments.after_void_begun")
    follow_up(ctx, payment, after, change)
    return after


async def _tell(tx: WriteTx, buried: Payment) -> Payment:
    await outbox.publish(tx, "payment", buried.id, 1, events.about(buried, "cancelled"))
    return buried
