"""Take in what the provider says of an intent, from whichever way it reached us."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from chassis import telemetry
from chassis.db import WriteTx
from chassis.values import Money
from payments import metrics
from payments.clients import PaymentsContext
from payments.domain import attention
from payments.domain.intent import Change, Intent, Mismatch, merge, mismatch
from payments.domain.payment import Payment
from payments.store import payments, provider_events
from payments.store.provider_events import Outcome
from payments.usecases.raise_attention import raise_attention
from payments.usecases.record_change import record_change, tell

_log = telemetry.logger(__name__)


async def apply_intent(
    ctx: PaymentsContext, payment_id: UUID, intent: Intent, *, seen: int | None = None, event_id: str | None = None
) -> Payment:
    """The payment after a snapshot of its intent has been taken in; unchanged if the intent is not its own.

    `seen` is the payment's version from before the provider was asked. An open intent may have had several declines:
    which of two answers is the newer one is only certain if nothing was written between.
    `event_id` is the webhook that brought the snapshot.
    """
    async with ctx.db.write() as tx:
        before = await payments.locked(tx, payment_id)
        assert before is not None, "payments are never deleted"  # noqa: S101 -- narrows the type
        what = mismatch(before, intent)
        if what is None:
            newest = intent if seen == before.version else replace(intent, decline=None)
            change = merge(before, newest)
            after = await record_change(ctx, tx, before, change)
        else:
            change, after = Change(before), before
            await _attend(ctx, tx, before, intent, what)
        await _mark(
            tx, event_id, before.id, "mismatched" if what else "applied" if after is not before else "unchanged"
        )
    tell(after, change)
    if what is not None:
        metrics.mismatches.inc(what)
        _log.error("payment.mismatch", payment_id=before.id, order_id=before.order_id, reason=what)
    return after


async def _attend(ctx: PaymentsContext, tx: WriteTx, payment: Payment, intent: Intent, what: Mismatch) -> None:
    """Our own intent was changed behind our back. Another's under our name is only counted."""
    wanted = Money(payment.amount, payment.currency)
    if what == "amount_received":
        detail = attention.capture_differs(intent.amount_received, wanted)
        await raise_attention(ctx, tx, payment, "capture_differs", detail)
    elif what in {"amount", "currency"} and payment.intent_id == intent.id:
        detail = attention.amount_differs(intent.amount, intent.currency, wanted)
        await raise_attention(ctx, tx, payment, "amount_differs", detail)


async def _mark(tx: WriteTx, event_id: str | None, payment_id: UUID, outcome: Outcome) -> None:
    if event_id is not None:
        await provider_events.mark(tx, event_id, outcome, payment_id)
