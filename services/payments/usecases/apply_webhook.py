"""Apply a webhook by the statement that stores it."""

from __future__ import annotations

from typing import Literal

from chassis import telemetry
from chassis.resilience import failpoints
from payments.context import PaymentsContext
from payments.domain.intent import Change, Intent, merge, mismatch
from payments.domain.payment import Payment
from payments.events import PaymentAuthorised
from payments.provider import stripe_payloads
from payments.store import changes, provider_events
from payments.store.provider_events import Outcome, Webhook, WebhookState
from payments.usecases.record_change import follow_up, is_unchanged, record_change

TRIES = 3


async def apply_webhook(ctx: PaymentsContext, webhook: Webhook) -> Outcome | Literal["repeated"] | None:
    """The webhook's outcome. None, and nothing is written, if a job has to apply it: the provider has to be asked,
    staff be told, or the payment was changed by others at each try.
    """
    try:
        intent = stripe_payloads.intent_of(stripe_payloads.subject_of(webhook.payload))
    except stripe_payloads.Unreadable:
        return None
    if intent.open:
        return None
    for _ in range(TRIES):
        state = await _state(ctx, webhook, intent)
        if state.was_stored:
            return "repeated"
        if state.payment is None:
            return await _stored(ctx, webhook, "unmatched")
        telemetry.rejoin(state.payment.trace)
        if state.outcome == "applied":
            await failpoints.point("payments.after_webhook_applied")
            follow_up(ctx, state.payment, state.payment, Change(state.payment, ("authorised",)))
        if state.outcome is not None:
            return state.outcome
        unknown = state.payment.intent_id is None and not state.payment.settled
        if unknown or mismatch(state.payment, intent) is not None:
            return None
        await failpoints.point("payments.before_webhook_merged")
        result = await _merged(ctx, webhook, state.payment, intent)
        if result is not None:
            return result
    return None


async def _state(ctx: PaymentsContext, webhook: Webhook, intent: Intent) -> WebhookState:
    """The payment that a webhook names; by the same statement an authorised intent of it is applied."""
    await failpoints.point("payments.before_webhook_applied")
    event = _authorised(webhook, intent)
    async with ctx.db.write_one() as tx:
        if event is None:
            return await provider_events.look(tx, webhook)
        return await changes.authorise(tx, webhook, event)


def _authorised(webhook: Webhook, intent: Intent) -> PaymentAuthorised | None:
    """The event of an authorised intent that names a payment and an order; None of any other intent."""
    order_id = stripe_payloads.uuid_or_none(intent.order_id)
    if intent.status != "requires_capture" or order_id is None or intent.amount is None:
        return None
    if (str(order_id), str(webhook.payment_id)) != (intent.order_id, intent.payment_id):
        return None
    return PaymentAuthorised(order_id=order_id, amount=intent.amount, currency=intent.currency)


async def _merged(
    ctx: PaymentsContext, webhook: Webhook, payment: Payment, intent: Intent
) -> Outcome | Literal["repeated"] | None:
    """Merge the intent; None if the payment has changed since it was read."""
    change = merge(payment, intent)
    if is_unchanged(payment, change):
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
