"""Apply a stored webhook for which more is needed than this database, or which could not be applied as it came."""

from __future__ import annotations

from chassis import telemetry
from chassis.problems import Unavailable
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.domain.intent import Intent
from payments.domain.payment import Payment
from payments.provider import Refused, Unknown, stripe_payloads
from payments.provider.stripe_case_payloads import OBJECTS
from payments.provider.stripe_payloads import ProviderEvent
from payments.store import payments, provider_events
from payments.store.provider_events import Outcome
from payments.usecases.apply_case import apply_case
from payments.usecases.apply_intent import apply_intent
from payments.usecases.settle_payment import settle_payment
from payments.usecases.tell_staff import tell_staff

_NOT_READ = """Stripe has sent an event of the type {type} that Mercat cannot read ({id}).
It is kept, and nothing was changed by it. Payments go on: they are looked up as well. Compare the API version of the
webhook destination in Stripe's dashboard with docs/stripe.md, or run `python -m payments.doctor`.
"""
_log = telemetry.logger(__name__)


async def apply_event(ctx: PaymentsContext, event_id: str) -> None:
    """Take in what a webhook says, or, where its place among the others matters, ask the provider instead.

    Raises:
        Unavailable: the provider had to be asked, and does not answer; ask again later.
    """
    async with ctx.db.read() as tx:
        told = await provider_events.get(tx, event_id)
    if told is None or told.outcome is not None:
        return
    event = stripe_payloads.event_of(told.payload)
    of_type, object_id = event.subject
    if object_id is None:
        await _not_read(ctx, event)
    elif of_type == "charge":
        await apply_case(ctx, event_id, None, object_id)
    elif of_type in OBJECTS:
        await apply_case(ctx, event_id, OBJECTS[of_type], object_id)
    elif event.thin and of_type == "payment_intent":
        await _fetched(ctx, event_id, object_id)
    else:
        await _snapshot(ctx, event, told.payload)


async def _snapshot(ctx: PaymentsContext, event: ProviderEvent, payload: dict[str, object]) -> None:
    try:
        intent = stripe_payloads.intent_of(stripe_payloads.subject_of(payload))
    except stripe_payloads.Unreadable:
        await _not_read(ctx, event)
        return
    payment = await _payment_of(ctx, intent)
    if payment is None:
        await _mark(ctx, event.id, "unmatched")
    elif intent.open:
        await _ask(ctx, event.id, payment)
    else:
        await _take_in(ctx, event.id, payment, intent)


async def _fetched(ctx: PaymentsContext, event_id: str, intent_id: str) -> None:
    """A thin event names its object alone. As it is now is newer than as it was: no decline is lost or told twice."""
    async with ctx.db.read() as tx:
        before = await payments.of_intent(tx, intent_id)
    try:
        intent = await provider_of(ctx).retrieve(intent_id)
    except Unknown as unknown:
        raise Unavailable(f"The payment provider does not tell of {intent_id}: {unknown.reason}") from unknown
    except Refused:
        await _mark(ctx, event_id, "unmatched")
        return
    known = before is not None and intent.payment_id == str(before.id)
    payment = before if known else await _payment_of(ctx, intent)
    if payment is None:
        await _mark(ctx, event_id, "unmatched")
        return
    await apply_intent(ctx, payment, intent, event_id=event_id)


async def _not_read(ctx: PaymentsContext, event: ProviderEvent) -> None:
    """It is signed, and about something of ours, and of no shape that we know: somebody has to hear of it."""
    _log.error("provider_event.unreadable", kind=event.type)
    text = _NOT_READ.format(type=event.type, id=event.id)
    async with ctx.db.write() as tx:
        await provider_events.mark(tx, event.id, "unmatched")
        await tell_staff(ctx, tx, "unreadable-event", "Stripe sends events that cannot be read", text, every_hour=True)


async def _ask(ctx: PaymentsContext, event_id: str, payment: Payment) -> None:
    """A declined try: by now there may have been others, and one that went well."""
    if payment.status == "requires_payment":
        await settle_payment(ctx, payment)
    await _mark(ctx, event_id, "asked" if payment.status == "requires_payment" else "unchanged")


async def _take_in(ctx: PaymentsContext, event_id: str, payment: Payment, intent: Intent) -> None:
    if payment.intent_id is None and not payment.settled:
        # The answer to our create was lost, and the provider's message overtakes its repetition.
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
