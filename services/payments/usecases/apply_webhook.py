"""Apply a webhook by the statement that stores it."""

from __future__ import annotations

from typing import Literal

from chassis.resilience import failpoints
from payments.context import PaymentsContext
from payments.domain.intent import Intent, merge, mismatch
from payments.domain.payment import Payment
from payments.provider import stripe_payloads
from payments.store import provider_events
from payments.store.provider_events import Outcome, Webhook
from payments.usecases.record_change import follow_up, record_change, says_nothing_new

TRIES = 3


async def apply_webhook(ctx: PaymentsContext, webhook: Webhook) -> Outcome | Literal["repeated"] | None:
    """What has become of it. None, and nothing is written, where that takes more: the provider has to be asked, staff
    be told, or the payment is being changed by others again and again.
    """
    try:
        intent = stripe_payloads.intent_of(stripe_payloads.subject_of(webhook.payload))
    except stripe_payloads.Unreadable:
        return None
    if intent.open:
        return None
    for _ in range(TRIES):
        async with ctx.db.write_one() as tx:
            seen = await provider_events.look(tx, webhook)
        if seen.is_stored or seen.was_stored:
            return "unchanged" if seen.is_stored else "repeated"
        if seen.payment is None:
            return await _stored(ctx, webhook, "unmatched")
        unknown = seen.payment.intent_id is None and not seen.payment.settled
        if unknown or mismatch(seen.payment, intent) is not None:
            return None
        await failpoints.point("payments.before_webhook_applied")
        result = await _merged(ctx, webhook, seen.payment, intent)
        if result is not None:
            return result
    return None


async def _merged(
    ctx: PaymentsContext, webhook: Webhook, payment: Payment, intent: Intent
) -> Outcome | Literal["repeated"] | None:
    """None where the payment is another by now."""
    change = merge(payment, intent)
    if says_nothing_new(payment, change):
        return await _stored(ctx, webhook, "unchanged")
    async with ctx.db.write_one() as tx:
        after = await record_change(tx, payment, change, webhook=webhook)
    if after is None:
        return None
    await failpoints.point("payments.after_webhook_applied")
    follow_up(ctx, payment, after, change)
    return "applied"


async def _stored(ctx: PaymentsContext, webhook: Webhook, outcome: Outcome) -> Outcome | Literal["repeated"]:
    async with ctx.db.write_one() as tx:
        return outcome if await provider_events.insert(tx, webhook, outcome) else "repeated"
