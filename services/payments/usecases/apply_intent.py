"""Apply a snapshot of an intent to its payment, whichever way it came."""

from __future__ import annotations

from msgspec.structs import replace

from chassis import telemetry
from chassis.db import WriteTx
from chassis.values import Money
from payments import metrics
from payments.context import PaymentsContext
from payments.declines import limit_declines
from payments.domain import attention
from payments.domain.intent import Change, Intent, Mismatch, merge, mismatch
from payments.domain.payment import Payment
from payments.store import payments, provider_events
from payments.usecases.raise_attention import raise_attention
from payments.usecases.record_change import follow_up, is_unchanged, record_change, record_locked

_log = telemetry.logger(__name__)


async def apply_intent(ctx: PaymentsContext, seen: Payment, intent: Intent, *, event_id: str | None = None) -> Payment:
    """Merge a snapshot of an intent into its payment; the payment as stored, unchanged if the intent is not its own.

    `seen` is the payment from before the provider was asked. An open intent may have had several declines: which of two
    answers is the newer one is only certain if nothing was written between.
    `event_id` is the stored webhook that brought the snapshot.
    """
    telemetry.rejoin(seen.trace)
    change = merge(seen, intent)
    if event_id is None and mismatch(seen, intent) is None and not is_unchanged(seen, change):
        async with ctx.db.write_one() as tx:
            after = await record_change(tx, seen, change)
        if after is not None:
            follow_up(ctx, seen, after, change)
            await _count_decline(ctx, after, change, intent)
            return after
    return await _apply_locked(ctx, seen, intent, event_id)


async def _apply_locked(ctx: PaymentsContext, seen: Payment, intent: Intent, event_id: str | None) -> Payment:
    async with ctx.db.write() as tx:
        before = await payments.locked(tx, seen.id)
        what = mismatch(before, intent)
        if what is None:
            change = merge(before, intent if seen.version == before.version else replace(intent, decline=None))
        else:
            change = Change(before)
            await _report_mismatch(ctx, tx, before, intent, what)
        after = before if what else await record_locked(tx, before, change)
        if event_id is not None:
            outcome: provider_events.Outcome = "mismatched" if what else "unchanged" if after is before else "applied"
            await provider_events.mark(tx, event_id, outcome, before.id)
    follow_up(ctx, before, after, change)
    await _count_decline(ctx, after, change, intent)
    if what is not None:
        metrics.mismatches.inc(what)
        _log.error("payment.mismatch", payment_id=before.id, order_id=before.order_id, reason=what)
    return after


async def _count_decline(ctx: PaymentsContext, payment: Payment, change: Change, intent: Intent) -> None:
    if "declined" in change.facts:
        await limit_declines(ctx, payment, intent.decline)


async def _report_mismatch(ctx: PaymentsContext, tx: WriteTx, payment: Payment, intent: Intent, what: Mismatch) -> None:
    """Raise attention if the payment's own intent was changed at the provider; any other intent is only counted."""
    wanted = Money(payment.amount, payment.currency)
    if what == "amount_received":  # debt(partial-capture): the order stays open
        detail = attention.capture_differs(intent.amount_received, wanted)
        await raise_attention(ctx, tx, payment, "capture_differs", detail)
    elif what in {"amount", "currency"} and payment.intent_id == intent.id:
        detail = attention.amount_differs(intent.amount, intent.currency, wanted)
        await raise_attention(ctx, tx, payment, "amount_differs", detail)
