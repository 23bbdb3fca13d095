"""Write what the domain decided: payment, ledger and events in one transaction."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from chassis import outbox, telemetry
from chassis.db import WriteTx
from chassis.values import Money
from payments import events, metrics
from payments.clients import PaymentsContext
from payments.domain import ledger as rules
from payments.domain.intent import Change
from payments.domain.payment import Payment
from payments.store import ledger, payments

SETTLE = "payments.settle"
_log = telemetry.logger(__name__)


class Settle(msgspec.Struct, frozen=True):
    """A payment to be brought to where it is going."""

    payment_id: str


async def record_change(
    ctx: PaymentsContext, tx: WriteTx, before: Payment, change: Change, *, told_by_provider: bool = True
) -> Payment:
    """The payment as it is now stored. Nothing is written where nothing is new.

    A payment on its way to be captured or cancelled, or adopted while being cancelled, gets a job that goes on with it.
    """
    after = change.payment
    if after == before and (not told_by_provider or before.provider_state_known_at is not None):
        return before
    saved = await payments.save(
        tx, replace(after, facts=before.facts + len(change.facts)), told_by_provider=told_by_provider
    )
    if "captured" in change.facts:
        await ledger.post(tx, saved.id, "capture", rules.of_capture(Money(saved.amount, saved.currency)))
    for number, fact in enumerate(change.facts, before.facts + 1):
        await outbox.publish(tx, "payment", saved.id, number, events.about(saved, fact))
    begun = saved.status in {"capturing", "cancelling"} and saved.status != before.status
    adopted_late = saved.status == "cancelling" and saved.intent_id != before.intent_id
    if begun or adopted_late:
        await ctx.jobs.enqueue(tx, SETTLE, Settle(str(saved.id)))
    return saved


def tell(payment: Payment, change: Change) -> None:
    """Count and log what has been committed."""
    for fact in change.facts:
        metrics.facts.inc(fact)
        _log.info(f"payment.{fact}", payment_id=payment.id, order_id=payment.order_id)
    if change.against_our_will:
        metrics.captured_against_our_will.inc()
        _log.error("payment.captured_against_our_will", payment_id=payment.id, order_id=payment.order_id)
