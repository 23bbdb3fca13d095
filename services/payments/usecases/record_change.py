"""Write a changed payment with its ledger entries and events, in one statement."""

from __future__ import annotations

from msgspec.structs import replace

from chassis import telemetry
from chassis.db import WriteTx
from chassis.values import Money
from payments import events, metrics
from payments.context import PaymentsContext
from payments.domain import ledger as rules
from payments.domain.intent import Change
from payments.domain.payment import Payment
from payments.settling import Settling
from payments.store import changes
from payments.store.provider_events import Webhook

_log = telemetry.logger(__name__)


def is_unchanged(before: Payment, change: Change) -> bool:
    """Whether a snapshot of the provider changes nothing that is stored."""
    return change.payment == before and before.provider_state_known_at is not None


async def record_change(
    tx: WriteTx, before: Payment, change: Change, *, from_provider: bool = True, webhook: Webhook | None = None
) -> Payment | None:
    """The payment as it is now stored; None if it is not as it was `before` any more. Then nothing is written, and the
    change has to be decided again. Cannot happen if the row was locked before it was read.
    """
    after = replace(change.payment, facts=before.facts + len(change.facts))
    captured = "captured" in change.facts
    return await changes.save(
        tx,
        after,
        from_provider=from_provider,
        events=[events.about(after, fact) for fact in change.facts],
        entries=rules.of_capture(Money(after.amount, after.currency)) if captured else (),
        webhook=webhook,
    )


async def record_locked(tx: WriteTx, before: Payment, change: Change) -> Payment:
    """Write a change of a payment whose row `tx` has locked, unless it changes nothing; the payment as stored."""
    after = before if is_unchanged(before, change) else await record_change(tx, before, change)
    assert after is not None, "the row is locked"  # noqa: S101 -- narrows the type
    return after


def follow_up(ctx: PaymentsContext, before: Payment, after: Payment, change: Change) -> None:
    """Count and log a committed change; begin at once to capture or cancel a payment that is to be."""
    for fact in change.facts:
        metrics.facts.inc(fact)
        _count_attempt(fact, after.decline_code)
        _log.info(f"payment.{fact}", payment_id=after.id, order_id=after.order_id)
    if change.against_our_will:
        metrics.captured_against_our_will.inc()
        _log.error("payment.captured_against_our_will", payment_id=after.id, order_id=after.order_id)
    begun = after.status in {"capturing", "cancelling"} and after.status != before.status
    adopted_late = after.status == "cancelling" and after.intent_id != before.intent_id
    if begun or adopted_late:
        ctx.get(Settling).begin(after)


def _count_attempt(fact: str, decline_code: str | None) -> None:
    if fact == "authorised":
        metrics.attempts.inc("authorised")
    elif fact == "declined":
        metrics.attempts.inc("declined")
        metrics.declines.inc(decline_code or "")
        if decline_code == "payment_intent_authentication_failure":
            metrics.authentications.inc("failed")
