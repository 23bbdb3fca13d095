"""Write what was learned of a refund, with its booking and its event, under the lock of its payment."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from chassis import telemetry
from chassis.db import WriteTx
from chassis.outbox import EventData
from payments import metrics
from payments.context import PaymentsContext
from payments.domain.payment import Payment
from payments.events import PaymentRefunded, PaymentRefundFailed
from payments.refunds.domain.refund import UNDONE, Change, Refund
from payments.refunds.store import changes
from payments.refunds.usecases.notify_staff import notify_staff

_log = telemetry.logger(__name__)


async def record_refund(
    ctx: PaymentsContext, tx: WriteTx, payment: Payment, before: Sequence[Refund], change: Change, *, new: bool = False
) -> Refund | None:
    """Write a change of one of a payment's refunds; `before`: all of them, as they are locked.

    `new`: insert it; None if another payment has a refund of this id.
    """
    event = _event(payment, before, change)
    if new:
        after = await changes.insert(tx, change.refund, change.booking, event)
        if after is None:
            return None
    else:
        after = await changes.save(tx, change.refund, change.booking, event)
    tx.after_commit(partial(_report, after, change))
    if after.origin == "provider" or after.status in UNDONE:
        await notify_staff(ctx, tx, after)
    return after


def _event(payment: Payment, before: Sequence[Refund], change: Change) -> EventData | None:
    refund = change.refund
    others = sum(each.amount for each in before if each.accepted_at and each.counts and each.id != refund.id)
    match change.fact:
        case "refunded":
            return PaymentRefunded(
                order_id=payment.order_id,
                refund_id=refund.id,
                amount=refund.amount,
                currency=refund.currency,
                origin=refund.origin,
                refunded=others + refund.amount,
            )
        case "failed":
            return PaymentRefundFailed(
                order_id=payment.order_id,
                refund_id=refund.id,
                amount=refund.amount,
                currency=refund.currency,
                origin=refund.origin,
                reason=refund.failure or refund.status,
                refunded=others,
            )
    return None


def _report(refund: Refund, change: Change) -> None:
    """Count and log a committed change."""
    if change.fact == "refunded":
        metrics.refunds.inc(refund.origin, "accepted")
    metrics.refunds.inc(refund.origin, refund.status)
    log = _log.warning if refund.status in UNDONE else _log.info
    log(
        "payment.refund",
        payment_id=refund.payment_id,
        order_id=refund.order_id,
        refund_id=refund.id,
        state=refund.status,
        reason=refund.failure or refund.reason,
    )
