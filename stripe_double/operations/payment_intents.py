"""The operations on PaymentIntents: each reads the intent, takes a step, and writes it with its events."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from stripe_double.database import payments
from stripe_double.objects import ids, intents, serialization
from stripe_double.objects.errors import StripeError, no_such_intent, wrong_client_secret
from stripe_double.objects.records import Intent, Step, UnexpectedState
from stripe_double.operations import charges, confirmation_tokens, customers, events
from stripe_double.operations.context import Context
from stripe_double.protocol import confirm_params, params, update_params
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.params import is_intent_id

T = TypeVar("T")


def create(db: sqlite3.Connection, context: Context, wanted: params.Create) -> Answer:
    """Create an intent, and confirm it if the caller asked for that."""
    intent_id = ids.new("pi_3")
    intent = Intent(
        id=intent_id,
        client_secret=ids.new(f"{intent_id}_secret_"),
        created=int(context.now),
        **wanted.intent,
    )
    customers.require(db, intent.customer)
    if wanted.method is not None:
        intent = intents.attach(intent, customers.usable(db, wanted.method, intent.customer))
    if wanted.confirm:
        confirm_params.require_match(intent, confirm_params.ClientContext(), wanted.return_url)
    _record(db, context, Step(intent, events=("payment_intent.created",)))
    if not wanted.confirm:
        return _shown(db, context, intent, expand=wanted.expand)
    step = intents.confirm(intent, None, wanted.return_url, int(context.now), off_session=wanted.off_session)
    return _recorded(db, context, step, expand=wanted.expand)


def update(db: sqlite3.Connection, context: Context, intent_id: str, wanted: update_params.Update) -> Answer:
    """Change an intent's fields and metadata."""
    customers.require(db, wanted.changes.get("customer"))
    step = intents.update(find(db, intent_id), wanted.changes, wanted.metadata)
    return _recorded(db, context, step, expand=wanted.expand)


def confirm(db: sqlite3.Connection, context: Context, intent_id: str, wanted: confirm_params.Confirm) -> Answer:
    """Confirm an intent with a PaymentMethod, a ConfirmationToken, or the method attached before."""
    intent = find(db, intent_id, wanted.client_secret)
    wanted = confirmation_tokens.with_token(db, intent, wanted, int(context.now))
    confirm_params.require_match(intent, wanted.context, wanted.return_url)
    intent = replace(intent, setup_future_usage=wanted.setup_future_usage or intent.setup_future_usage)
    step = intents.confirm(
        intent,
        wanted.method and customers.usable(db, wanted.method, intent.customer),
        wanted.return_url,
        int(context.now),
        stripe_sdk=wanted.stripe_sdk,
        off_session=wanted.off_session,
    )
    if wanted.token is not None:
        confirmation_tokens.bind(db, intent, wanted.token)
    return _recorded(db, context, step, expand=wanted.expand)


def capture(db: sqlite3.Connection, context: Context, intent_id: str, wanted: params.Capture) -> Answer:
    """Capture an authorised intent, all or a part of its amount."""
    intent = find(db, intent_id)
    step = intents.capture(intent, payments.get_charge(db, intent.latest_charge), wanted.amount)
    return _recorded(db, context, step, expand=wanted.expand)


def cancel(db: sqlite3.Connection, context: Context, intent_id: str, wanted: params.Cancel) -> Answer:
    """Cancel an intent and release what was authorised."""
    intent = find(db, intent_id)
    held = payments.get_charge(db, intent.latest_charge)
    step = intents.cancel(intent, held, wanted.reason, int(context.now))
    return _recorded(db, context, step, expand=wanted.expand)


def retrieve(db: sqlite3.Connection, context: Context, intent_id: str, secret: str | None, *, expand: bool) -> Answer:
    """Answer with an intent; with `secret` only if that is its client secret."""
    return _shown(db, context, find(db, intent_id, secret), expand=expand)


def list_all(db: sqlite3.Connection, context: Context, wanted: params.Listing) -> Answer:
    """Answer with a page of intents, newest first."""
    if wanted.starting_after is not None:
        find(db, wanted.starting_after)
    found = payments.list_intents(db, wanted)
    data = [
        serialization.intent_object(
            intent,
            context.base,
            payments.get_charge(db, intent.latest_charge) if wanted.expand else None,
        )
        for intent in found[: wanted.limit]
    ]
    more = len(found) > wanted.limit
    return Answer.ok(serialization.list_object("/v1/payment_intents", data, has_more=more))


def pay(db: sqlite3.Connection, context: Context, intent_id: str, wanted: confirm_params.Confirm) -> Intent:
    """Confirm an intent from the pay page. A decline is in the intent's `failure`."""
    intent = find(db, intent_id, wanted.client_secret)
    step = intents.confirm(intent, wanted.method, wanted.return_url, int(context.now))
    _record(db, context, step)
    return step.intent


def authenticate(db: sqlite3.Connection, context: Context, intent_id: str, secret: str, *, passed: bool) -> Intent:
    """Apply the result of the 3-D Secure page."""
    intent = find(db, intent_id, secret)
    step = intents.authenticate(intent, passed=passed, now=int(context.now))
    _record(db, context, step)
    return step.intent


def attempt(context: Context, act: Callable[[], T]) -> T | StripeError:
    """The result, or the refusal as a value: raised in a job it would roll back the other jobs of the commit."""
    try:
        return act()
    except UnexpectedState as refusal:
        return StripeError(
            400,
            str(refusal),
            code="payment_intent_unexpected_state",
            payment_intent=_object(context, refusal.intent),
        )
    except StripeError as error:
        return error


def find(db: sqlite3.Connection, intent_id: str, secret: str | None = None) -> Intent:
    """An intent by id; 404 if there is none, 400 for a wrong client secret."""
    intent = payments.get_intent(db, intent_id) if is_intent_id(intent_id) else None
    if intent is None:
        raise no_such_intent(intent_id[:80])
    if secret is not None and not secrets.compare_digest(secret.encode(), intent.client_secret.encode()):
        raise wrong_client_secret()
    return intent


def _record(db: sqlite3.Connection, context: Context, step: Step) -> None:
    payments.put_intent(db, step.intent)
    if step.charge is not None:
        payments.put_charge(db, step.charge)
        for movement in step.movements:
            payments.add_movement(db, step.charge, movement, context.now)
    events.write_events(db, context, step.events, serialization.intent_object(step.intent, context.base))
    charges.after_step(db, context, step)
    if step.charge is not None and any(movement.kind == "authorise" for movement in step.movements):
        customers.after_payment(db, context, step.intent)


def _recorded(db: sqlite3.Connection, context: Context, step: Step, *, expand: bool) -> Answer:
    _record(db, context, step)
    if not step.declined or step.intent.failure is None:
        return _shown(db, context, step.intent, expand=expand)
    shown = _object(context, step.intent)
    failure = dict(shown["last_payment_error"])
    message, kind = failure.pop("message"), failure.pop("type")
    failure.pop("doc_url")
    return Answer.of(StripeError(402, message, kind=kind, payment_intent=shown, **failure))


def _shown(db: sqlite3.Connection, context: Context, intent: Intent, *, expand: bool) -> Answer:
    if expand and not context.public:
        charge = payments.get_charge(db, intent.latest_charge)
        return Answer.ok(serialization.intent_object(intent, context.base, charge))
    return Answer.ok(_object(context, intent))


def _object(context: Context, intent: Intent) -> dict[str, Any]:
    return (serialization.public_intent_object if context.public else serialization.intent_object)(intent, context.base)
