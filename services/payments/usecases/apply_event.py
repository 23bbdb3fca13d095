"""Apply a stored webhook."""

from __future__ import annotations

import msgspec

from payments.clients import PaymentsContext
from payments.domain.intent import Intent
from payments.domain.payment import Payment
from payments.provider import reading
from payments.store import payments, provider_events
from payments.store.provider_events import Outcome
from payments.usecases.apply_intent import apply_intent
from payments.usecases.settle_payment import settle_payment


async def apply_event(ctx: PaymentsContext, event_id: str) -> None:
    """Take in what a webhook says, or, where its place among the others matters, ask the provider instead."""
    async with ctx.db.read() as tx:
        told = await provider_events.get(tx, event_id)
    if told is None or told.outcome is not None:
        return
    try:
        intent = reading.intent(msgspec.json.encode(told.payload["data"]["object"]))
    except (reading.Unreadable, KeyError, TypeError):
        await _mark(ctx, event_id, "unmatched")
        return
    payment = await _payment_of(ctx, intent)
    if payment is None:
        await _mark(ctx, event_id, "unmatched")
    elif intent.open:
        await _ask(ctx, event_id, payment)
    else:
        await _take_in(ctx, event_id, payment, intent)


async def _ask(ctx: PaymentsContext, event_id: str, payment: Payment) -> None:
    """A declined try: by now there may have been others, and one that went well."""
    if payment.status == "requires_payment":
        await settle_payment(ctx, payment.id)
    await _mark(ctx, event_id, "asked" if payment.status == "requires_payment" else "unchanged")


async def _take_in(ctx: PaymentsContext, event_id: str, payment: Payment, intent: Intent) -> None:
    if payment.intent_id is None and not payment.settled:
        # The answer to our create was lost, and the provider's message overtakes its repetition.
        await settle_payment(ctx, payment.id)
        payment = await _payment_of(ctx, intent) or payment
        if payment.intent_id is None:
            await _mark(ctx, event_id, "asked")
            return
    await apply_intent(ctx, payment.id, intent, event_id=event_id)


async def _payment_of(ctx: PaymentsContext, intent: Intent) -> Payment | None:
    payment_id = reading.uuid_or_none(intent.payment_id)
    if payment_id is None:
        return None
    async with ctx.db.read() as tx:
        return await payments.by_id(tx, payment_id)


async def _mark(ctx: PaymentsContext, event_id: str, outcome: Outcome) -> None:
    async with ctx.db.write_one() as tx:
        await provider_events.mark(tx, event_id, outcome)
