"""Apply a stored webhook that needs a call to the provider, or that could not be applied when it was received."""

from __future__ import annotations

from chassis import telemetry
from chassis.problems import Unavailable
from payments.case_handlers import CaseHandlers
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.declines import limit_declines
from payments.domain.intent import Intent, mismatch
from payments.domain.payment import Payment
from payments.provider import Refused, Unknown, stripe_payloads
from payments.provider.stripe_case_payloads import OBJECTS
from payments.provider.stripe_payloads import ProviderEvent
from payments.store import payments, provider_events
from payments.store.provider_events import Outcome
from payments.usecases.apply_case import apply_case
from payments.usecases.apply_intent import apply_intent
from payments.usecases.mail_staff import mail_staff
from payments.usecases.settle_payment import settle_payment

_UNREADABLE = """Stripe has sent an event of the type {type} that Mercat cannot read ({id}).
It is kept, and nothing was changed by it. Payments go on: they are looked up as well. Compare the API version of the
webhook destination in Stripe's dashboard with docs/stripe.md, or run `python -m payments.doctor`.
"""
_log = telemetry.logger(__name__)


async def apply_event(ctx: PaymentsContext, event_id: str) -> None:
    """Apply a stored webhook. Where the order of events matters, the present state is read from the provider instead.

    Raises:
        Unavailable: the provider did not answer; try again later.
    """
    async with ctx.db.read() as tx:
        stored = await provider_events.get(tx, event_id)
    if stored is None or stored.outcome is not None:
        return
    event = stripe_payloads.event_of(stored.payload)
    of_type, object_id = event.subject
    if object_id is None:
        await _report_unreadable(ctx, event)
    elif (handler := ctx.get(CaseHandlers).get(of_type)) is not None:
        await handler(ctx, event_id, object_id)
    elif of_type in OBJECTS:
        await apply_case(ctx, event_id, OBJECTS[of_type], object_id)
    elif event.thin and of_type == "payment_intent":
        await _apply_thin(ctx, event_id, object_id)
    else:
        await _apply_snapshot(ctx, event, stored.payload)


async def _apply_snapshot(ctx: PaymentsContext, event: ProviderEvent, payload: dict[str, object]) -> None:
    try:
        intent = stripe_payloads.intent_of(stripe_payloads.subject_of(payload))
    except stripe_payloads.Unreadable:
        await _report_unreadable(ctx, event)
        return
    payment = await _payment_of(ctx, intent)
    if payment is None:
        await _mark(ctx, event.id, "unmatched")
    elif intent.open:
        # Of several declines only the last is seen by looking up.
        await limit_declines(ctx, payment, intent.decline if mismatch(payment, intent) is None else None)
        await _look_up(ctx, event.id, payment)
    else:
        await _apply(ctx, event.id, payment, intent)


async def _apply_thin(ctx: PaymentsContext, event_id: str, intent_id: str) -> None:
    """Apply a thin event, which has only the id of its intent: the intent is read from the provider."""
    async with ctx.db.read() as tx:
        before = await payments.of_intent(tx, intent_id)
    try:
        intent = await provider_of(ctx).retrieve(intent_id)
    except Unknown as unknown:
        raise Unavailable(f"The payment provider did not answer about {intent_id}: {unknown.reason}") from unknown
    except Refused:
        await _mark(ctx, event_id, "unmatched")
        return
    known = before is not None and intent.payment_id == str(before.id)
    payment = before if known else await _payment_of(ctx, intent)
    if payment is None:
        await _mark(ctx, event_id, "unmatched")
        return
    await apply_intent(ctx, payment, intent, event_id=event_id)


async def _report_unreadable(ctx: PaymentsContext, event: ProviderEvent) -> None:
    """Mail staff about an event that is signed and of a used type, but cannot be decoded."""
    _log.error("provider_event.unreadable", kind=event.type)
    text = _UNREADABLE.format(type=event.type, id=event.id)
    async with ctx.db.write() as tx:
        await provider_events.mark(tx, event.id, "unmatched")
        await mail_staff(ctx, tx, "unreadable-event", "Stripe sends events that cannot be read", text, every_hour=True)


async def _look_up(ctx: PaymentsContext, event_id: str, payment: Payment) -> None:
    """Look the payment up after a decline: the shopper may have tried again since, with success."""
    if payment.status == "requires_payment":
        await settle_payment(ctx, payment)
    await _mark(ctx, event_id, "asked" if payment.status == "requires_payment" else "unchanged")


async def _apply(ctx: PaymentsContext, event_id: str, payment: Payment, intent: Intent) -> None:
    if payment.intent_id is None and not payment.settled:
        # The answer to the creation was lost, and this event came before the creation was repeated.
        await settle_payment(ctx, payment)
        payment = await _payment_of(ctx, intent) or payment
        if payment.intent_id is None:
            await _mark(ctx, event_id, "asked")
            return
    await apply_intent(ctx, payment, intent, event_id=event_id)


async def _payment_of(ctx: PaymentsContext, intent: Intent) -> Payment | None:
    payment_id = stripe_payloads.uuid_or_none(intent.payment_id)
    if payment_id is None:
        return None
    async with ctx.db.read() as tx:
        return await payments.by_id(tx, payment_id)


async def _mark(ctx: PaymentsContext, event_id: str, outcome: Outcome) -> None:
    async with ctx.db.write_one() as tx:
        await provider_events.mark(tx, event_id, outcome)
