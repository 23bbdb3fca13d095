"""What follows a step of an intent: its charge's events, its card's dispute, and the end of old authorisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripe_double import cards, disputes, events, intents, refunds, store, wire

if TYPE_CHECKING:
    import sqlite3

    from stripe_double.operations import Context
    from stripe_double.records import Charge, Step

HELD_FOR = 7 * 86_400
"""Seconds that a bank holds an authorised amount. Source: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method."""


def follow(book: sqlite3.Connection, context: Context, step: Step) -> None:
    """Tell of the charge of a step that was written, and do what its card is for."""
    if step.charge is None:
        return
    kinds = {movement.kind for movement in step.movements}
    names = []
    if "authorise" in kinds:
        names.append("charge.succeeded")
    elif "capture" in kinds:
        names.append("charge.captured")
    elif "decline" in kinds:
        names.append("charge.failed")
    elif "void" in kinds:
        names.append("charge.refunded")
    events.tell(book, context, names, wire.charge_object(step.charge))
    if "capture" in kinds:
        _object_to(book, context, step.charge)


def _object_to(book: sqlite3.Connection, context: Context, charge: Charge) -> None:
    card = cards.by_name(charge.card)
    if card.dispute is not None:
        disputes.open_one(book, context, charge, reason=card.dispute, inquiry=card.inquiry)
    if card.warns:
        disputes.warn(book, context, charge)


def expire(book: sqlite3.Connection, context: Context) -> None:
    """Cancel what was authorised too long ago, and bring refunds to their card's end."""
    rows = book.execute(
        "SELECT id FROM intents WHERE status = 'requires_capture' AND created < ?", (int(context.now) - HELD_FOR,)
    ).fetchall()
    for (name,) in rows:
        intent = store.get_intent(book, name)
        charge = store.get_charge(book, intent.latest_charge) if intent else None
        if intent is None or charge is None or charge.created >= context.now - HELD_FOR:
            continue
        step = intents.cancel(intent, charge, "automatic", int(context.now))
        store.put_intent(book, step.intent)
        if step.charge is not None:
            store.put_charge(book, step.charge)
            for movement in step.movements:
                store.add_movement(book, step.charge, movement, context.now)
            events.tell(book, context, ("charge.expired",), wire.charge_object(step.charge))
        events.tell(book, context, step.events, wire.intent_object(step.intent, context.base))
    refunds.settle_all(book, context)
