"""Count a decline, and cancel the payment when there were too many."""

from __future__ import annotations

from chassis import telemetry
from chassis.resilience import failpoints
from payments import metrics
from payments.context import PaymentsContext
from payments.declines import store
from payments.declines.domain import exceeded
from payments.domain.intent import Change, Decline
from payments.domain.payment import TOO_MANY_DECLINES, Payment, begin_cancelling
from payments.store import payments
from payments.usecases.record_change import follow_up, record_change

_log = telemetry.logger(__name__)


async def limit_declines(ctx: PaymentsContext, seen: Payment, decline: Decline | None) -> None:
    """Count a decline of a payment. If a limit is reached, begin to cancel its intent, so that no card is tried again.

    A process that dies before has counted nothing: the webhook comes again, and so does the next decline.
    """
    if decline is None or seen.manual:
        return
    await failpoints.point("payments.before_decline_counted")
    async with ctx.db.write() as tx:
        payment = await payments.locked(tx, seen.id)
        counted = await store.note(tx, payment.id, decline.reference)
        limit = exceeded(counted, ctx.settings.declines_per_order, ctx.settings.declines_per_address)
        if limit is None or payment.status != "requires_payment":
            return
        change = Change(begin_cancelling(payment, TOO_MANY_DECLINES))
        after = await record_change(tx, payment, change, from_provider=False)
        assert after is not None, "the row is locked"  # noqa: S101 -- narrows the type
    metrics.declines_limited.inc(limit)
    _log.warning("payment.declined_too_often", payment_id=payment.id, order_id=payment.order_id, reason=limit)
    follow_up(ctx, payment, after, change)
