"""ConfirmationTokens: card data from the Payment Element, to confirm an intent with later."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import Any

import orjson

from stripe_double.objects import cards, ids
from stripe_double.objects.errors import invalid, missing_parameter, no_such
from stripe_double.objects.records import Intent, Method, Token
from stripe_double.objects.serialization import payment_method_object
from stripe_double.operations import customers
from stripe_double.protocol import params
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.confirm_params import Confirm
from stripe_double.protocol.fields import USAGES, Fields
from stripe_double.protocol.forms import Value

VALID_SECONDS = 12 * 3600
"""Seconds. Source: https://docs.stripe.com/api/confirmation_tokens/object (`expires_at`)."""
_IGNORED = (
    "client_attribution_metadata",
    "client_context",
    "radar_options",
    "referrer",
    "set_as_default_payment_method",
)


@dataclass(frozen=True, slots=True)
class Create:
    """The checked parameters of a new token."""

    method: Method
    return_url: str | None
    setup_future_usage: str | None = None


def read(form: dict[str, Value], today: tuple[int, int]) -> Create:
    """Check the parameters of a new token. `today` is (year, month), for the expiry of a card."""
    fields = Fields(form)
    fields.skip(_IGNORED)
    fields.text("_stripe_version")
    method = params.payment_method(fields, today)
    wanted_url = params.return_url(fields)
    usage = fields.choice("setup_future_usage", USAGES)
    fields.shipping()
    fields.done()
    if method is None:
        raise missing_parameter("payment_method_data")
    return Create(method, wanted_url, usage)


def create(db: sqlite3.Connection, now: int, wanted: Create) -> Answer:
    """Create a token, and delete those that expired 12 hours ago."""
    method = customers.usable(db, wanted.method, None, any_customer=True)
    token = Token(ids.new("ctoken_1"), now, method, wanted.return_url, None, wanted.setup_future_usage)
    db.execute("DELETE FROM confirmation_tokens WHERE created < ?", (now - 2 * VALID_SECONDS,))
    db.execute(
        "INSERT INTO confirmation_tokens (id, created, doc) VALUES (?, ?, ?)", (token.id, now, orjson.dumps(token))
    )
    return Answer.ok(_object(token))


def retrieve(db: sqlite3.Connection, token_id: str) -> Answer:
    """The token as Stripe's object; 404 if there is none."""
    return Answer.ok(_object(_find(db, token_id)))


def with_token(db: sqlite3.Connection, intent: Intent, wanted: Confirm, now: int) -> Confirm:
    """The confirmation with the PaymentMethod and return URL of its token; unchanged if it has none."""
    if wanted.token is None:
        return wanted
    token = _find(db, wanted.token)
    if token.intent not in {None, intent.id}:
        raise invalid("confirmation_token", f"The ConfirmationToken {token.id} has already been used.")
    if now >= token.created + VALID_SECONDS:
        raise invalid("confirmation_token", f"The ConfirmationToken {token.id} has expired.")
    usage = wanted.setup_future_usage or token.setup_future_usage
    url = wanted.return_url or token.return_url
    return replace(wanted, method=token.method, return_url=url, setup_future_usage=usage)


def bind(db: sqlite3.Connection, intent: Intent, token_id: str) -> None:
    """Bind the token to this intent: no other can be confirmed with it."""
    kept = orjson.dumps(replace(_find(db, token_id), intent=intent.id))
    db.execute("UPDATE confirmation_tokens SET doc = ? WHERE id = ?", (kept, token_id))


def _find(db: sqlite3.Connection, token_id: str) -> Token:
    row = db.execute("SELECT doc FROM confirmation_tokens WHERE id = ?", (token_id,)).fetchone()
    if row is None:
        raise no_such("confirmation_token", token_id, "confirmation_token")
    doc = orjson.loads(row[0])
    return Token(**{**doc, "method": Method(**doc["method"])})


def _object(token: Token) -> dict[str, Any]:
    method = payment_method_object(token.method.id, cards.by_name(token.method.card), token.created)
    shown = ("billing_details", "card", "type")
    return {
        "id": token.id,
        "object": "confirmation_token",
        "created": token.created,
        "expires_at": token.created + VALID_SECONDS,
        "livemode": False,
        "mandate_data": None,
        "payment_intent": token.intent,
        "payment_method_options": None,
        "payment_method_preview": {**{name: method[name] for name in shown}, "customer": None},
        "return_url": token.return_url,
        "setup_future_usage": token.setup_future_usage,
        "setup_intent": None,
        "shipping": None,
        "use_stripe_sdk": True,
    }
