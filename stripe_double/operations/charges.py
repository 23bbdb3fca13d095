"""Charges: their events and disputes after a step of an intent, and the expiry of authorisations."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from stripe_double.database import payments
from stripe_double.objects import cards, intents, serialization
from stripe_double.objects.errors import StripeError, invalid, no_such
from stripe_double.objects.records import Charge, Step
from stripe_double.operations import balance, disputes, events, refunds
from stripe_double.operations.context import Context

AUTHORISATION_SECONDS = 7 * 86_400
"""Seconds until an authorisation expires. Source: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method."""


def charge_of(db: sqlite3.Connection, name: str, param: str = "charge") -> Charge:
    """A charge by its id; 404 if there is none."""
    found = payments.get_charge(db, name)
    if found is None:
        raise no_such("charge", name, param)
    return found


def latest_charge(db: sqlite3.Connection, intent: str) -> Charge:
    """The latest charge of an intent; 404 if there is no intent, 400 if it has no successful charge."""
    found = payments.get_intent(db, intent)
    if found is None:
        raise no_such("payment_intent", intent, "payment_intent")
    charge = payments.get_charge(db, found.latest_charge)
    if charge is None or not charge.succeeded:
        raise StripeError(400, f"This PaymentIntent ({intent}) does not have a successful charge to refund.")
    return charge


def to_refund(db: sqlite3.Connection, charge: str | None, intent: str | None) -> Charge:
    """The charge that a refund is for: given itself, or as the latest one of an intent."""
    if charge is None:
        return latest_charge(db, intent or "")
    found = charge_of(db, charge, "id")
    if intent not in {None, found.intent}:
        raise invalid("charge", f"Charge {found.id} does not belong to PaymentIntent {intent}.")
    return found


def after_step(db: sqlite3.Connection, context: Context, step: Step) -> None:
    """Write the events of a step's charge; after a capture also the dispute or warning of its test card."""
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
    charge = step.charge
    if "capture" in kinds:
        charge = replace(charge, balance_transaction=balance.charged(db, context, charge))
        payments.put_charge(db, charge)
    events.write_events(db, context, names, serialization.charge_object(charge))
    if "capture" in kinds:
        _apply_card_outcome(db, context, charge)


def _apply_card_outcome(db: sqlite3.Connection, context: Context, charge: Charge) -> None:
    card = cards.by_name(charge.card)
    if card.dispute is not None:
        disputes.open_dispute(db, context, charge, reason=card.dispute, inquiry=card.inquiry)
    if card.fraud_warning:
        disputes.create_warning(db, context, charge)


def expire_authorisations(db: sqlite3.Connection, context: Context) -> None:
    """Cancel intents whose authorisation has expired, and set the final status of pending refunds."""
    rows = db.execute(
        "SELECT id FROM intents WHERE status = 'requires_capture' AND created < ?",
        (int(context.now) - AUTHORISATION_SECONDS,),
    ).fetchall()
    for (name,) in rows:
        intent = payments.get_intent(db, name)
        charge = payments.get_charge(db, intent.latest_charge) if intent else None
        if intent is None or charge is None or charge.created >= context.now - AUTHORISATION_SECONDS:
            continue
        step = intents.cancel(intent, charge, "automatic", int(context.now))
        payments.put_intent(db, step.intent)
        if step.charge is not None:
            payments.put_charge(db, step.charge)
            for movement in step.movements:
                payments.add_movement(db, step.charge, movement, context.now)
            events.write_events(db, context, ("charge.expired",), serialization.charge_object(step.charge))
        events.write_events(db, context, step.events, serialization.intent_object(step.intent, context.base))
    refunds.settle_pending(db, context)
