"""What each call does to the book, inside one transaction: read the intent, take the step, write it with its events."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from stripe_double import charges, confirmation_tokens, confirming, events, ids, intents, store, wire
from stripe_double.answers import Answer
from stripe_double.destination import Destination
from stripe_double.errors import StripeError, no_such_intent, wrong_client_secret
from stripe_double.params import is_intent_id
from stripe_double.records import Intent, Step, UnexpectedState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from stripe_double import params, updates
    from stripe_double.faults import WebhookFaults

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """Of one call: when it came, from whom, how its events travel. `public` hides what a browser must not see."""

    base: str
    faults: WebhookFaults
    now: float
    request: str | None = None
    key: str | None = None
    public: bool = False
    destination: Destination = field(default_factory=lambda: Destination(None))


def create(book: sqlite3.Connection, context: Context, wanted: params.Create) -> Answer:
    intent_id = ids.new("pi_3")
    intent = Intent(
        id=intent_id,
        client_secret=ids.new(f"{intent_id}_secret_"),
        created=int(context.now),
        **wanted.intent,
    )
    if wanted.method is not None:
        intent = intents.attach(intent, wanted.method)
    if wanted.confirm:
        confirming.require_fit(intent, confirming.Context(), wanted.return_url)
    _record(book, context, Step(intent, events=("payment_intent.created",)))
    if not wanted.confirm:
        return _shown(book, context, intent, expand=wanted.expand)
    step = intents.confirm(intent, None, wanted.return_url, int(context.now))
    return _recorded(book, context, step, expand=wanted.expand)


def update(book: sqlite3.Connection, context: Context, intent_id: str, wanted: updates.Update) -> Answer:
    step = intents.update(find(book, intent_id), wanted.changes, wanted.metadata)
    return _recorded(book, context, step, expand=wanted.expand)


def confirm(book: sqlite3.Connection, context: Context, intent_id: str, wanted: confirming.Confirm) -> Answer:
    intent = find(book, intent_id, wanted.client_secret)
    wanted = confirmation_tokens.resolved(book, intent, wanted, int(context.now))
    confirming.require_fit(intent, wanted.context, wanted.return_url)
    step = intents.confirm(intent, wanted.method, wanted.return_url, int(context.now), stripe_sdk=wanted.stripe_sdk)
    if wanted.token is not None:
        confirmation_tokens.use(book, intent, wanted.token)
    return _recorded(book, context, step, expand=wanted.expand)


def capture(book: sqlite3.Connection, context: Context, intent_id: str, wanted: params.Capture) -> Answer:
    intent = find(book, intent_id)
    step = intents.capture(intent, store.get_charge(book, intent.latest_charge), wanted.amount)
    return _recorded(book, context, step, expand=wanted.expand)


def cancel(book: sqlite3.Connection, context: Context, intent_id: str, wanted: params.Cancel) -> Answer:
    intent = find(book, intent_id)
    held = store.get_charge(book, intent.latest_charge)
    step = intents.cancel(intent, held, wanted.reason, int(context.now))
    return _recorded(book, context, step, expand=wanted.expand)


def retrieve(book: sqlite3.Connection, context: Context, intent_id: str, secret: str | None, *, expand: bool) -> Answer:
    return _shown(book, context, find(book, intent_id, secret), expand=expand)


def list_all(book: sqlite3.Connection, context: Context, wanted: params.Listing) -> Answer:
    if wanted.starting_after is not None:
        find(book, wanted.starting_after)
    found = store.list_intents(book, wanted)
    data = [
        wire.intent_object(
            intent,
            context.base,
            store.get_charge(book, intent.latest_charge) if wanted.expand else None,
        )
        for intent in found[: wanted.limit]
    ]
    more = len(found) > wanted.limit
    return Answer.ok(wire.list_object("/v1/payment_intents", data, has_more=more))


def pay(book: sqlite3.Connection, context: Context, intent_id: str, wanted: confirming.Confirm) -> Intent:
    """What the pay page does with a typed card: a decline is in the intent's `failure`."""
    intent = find(book, intent_id, wanted.client_secret)
    step = intents.confirm(intent, wanted.method, wanted.return_url, int(context.now))
    _record(book, context, step)
    return step.intent


def authenticate(book: sqlite3.Connection, context: Context, intent_id: str, secret: str, *, passed: bool) -> Intent:
    """What the person answered on the 3-D Secure page."""
    intent = find(book, intent_id, secret)
    step = intents.authenticate(intent, passed=passed, now=int(context.now))
    _record(book, context, step)
    return step.intent


def attempt(context: Context, act: Callable[[], T]) -> T | StripeError:
    """A refusal as a value: raised inside a job it would make the book run the neighbouring jobs again."""
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


def find(book: sqlite3.Connection, intent_id: str, secret: str | None = None) -> Intent:
    """404 for an unknown id, 400 for a client secret that is not the intent's."""
    intent = store.get_intent(book, intent_id) if is_intent_id(intent_id) else None
    if intent is None:
        raise no_such_intent(intent_id[:80])
    if secret is not None and not secrets.compare_digest(secret.encode(), intent.client_secret.encode()):
        raise wrong_client_secret()
    return intent


def _record(book: sqlite3.Connection, context: Context, step: Step) -> None:
    store.put_intent(book, step.intent)
    if step.charge is not None:
        store.put_charge(book, step.charge)
        for movement in step.movements:
            store.add_movement(book, step.charge, movement, context.now)
    events.tell(book, context, step.events, wire.intent_object(step.intent, context.base))
    charges.follow(book, context, step)


def _recorded(book: sqlite3.Connection, context: Context, step: Step, *, expand: bool) -> Answer:
    _record(book, context, step)
    if not step.declined or step.intent.failure is None:
        return _shown(book, context, step.intent, expand=expand)
    shown = _object(context, step.intent)
    failure = dict(shown["last_payment_error"])
    message, kind = failure.pop("message"), failure.pop("type")
    failure.pop("doc_url")
    return Answer.of(StripeError(402, message, kind=kind, payment_intent=shown, **failure))


def _shown(book: sqlite3.Connection, context: Context, intent: Intent, *, expand: bool) -> Answer:
    if expand and not context.public:
        charge = store.get_charge(book, intent.latest_charge)
        return Answer.ok(wire.intent_object(intent, context.base, charge))
    return Answer.ok(_object(context, intent))


def _object(context: Context, intent: Intent) -> dict[str, Any]:
    return (wire.public_intent_object if context.public else wire.intent_object)(intent, context.base)
