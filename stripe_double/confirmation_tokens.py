"""ConfirmationTokens: what a person typed into the Payment Element, for a server or a browser to confirm with later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from stripe_double import cards, ids, params
from stripe_double.answers import Answer
from stripe_double.errors import StripeError, invalid, missing_parameter
from stripe_double.fields import Fields
from stripe_double.records import Method, Token
from stripe_double.wire import payment_method_object

if TYPE_CHECKING:
    import sqlite3

    from stripe_double.confirming import Confirm
    from stripe_double.forms import Value
    from stripe_double.records import Intent

GOOD_FOR = 12 * 3600
"""Seconds. Source: https://docs.stripe.com/api/confirmation_tokens/object (`expires_at`)."""
_NOISE = ("client_attribution_metadata", "client_context", "radar_options", "referrer", "set_as_default_payment_method")


@dataclass(frozen=True, slots=True)
class Create:
    method: Method
    return_url: str | None


def read(form: dict[str, Value], today: tuple[int, int]) -> Create:
    """`today` is (year, month), for the expiry of a typed card."""
    fields = Fields(form)
    fields.skip(_NOISE)
    fields.text("_stripe_version")
    method = params.payment_method(fields, today)
    wanted_url = params.return_url(fields)
    fields.shipping()
    fields.done()
    if method is None:
        raise missing_parameter("payment_method_data")
    return Create(method, wanted_url)


def create(book: sqlite3.Connection, now: int, wanted: Create) -> Answer:
    token = Token(ids.new("ctoken_1"), now, wanted.method, wanted.return_url)
    book.execute("DELETE FROM confirmation_tokens WHERE created < ?", (now - 2 * GOOD_FOR,))
    book.execute(
        "INSERT INTO confirmation_tokens (id, created, doc) VALUES (?, ?, ?)", (token.id, now, orjson.dumps(token))
    )
    return Answer.ok(_object(token))


def retrieve(book: sqlite3.Connection, token_id: str) -> Answer:
    return Answer.ok(_object(_find(book, token_id)))


def resolved(book: sqlite3.Connection, intent: Intent, wanted: Confirm, now: int) -> Confirm:
    """The confirmation with what its token holds; as it is, without a token."""
    if wanted.token is None:
        return wanted
    token = _find(book, wanted.token)
    if token.intent not in {None, intent.id}:
        raise invalid("confirmation_token", f"The ConfirmationToken {token.id} has already been used.")
    if now >= token.created + GOOD_FOR:
        raise invalid("confirmation_token", f"The ConfirmationToken {token.id} has expired.")
    return replace(wanted, method=token.method, return_url=wanted.return_url or token.return_url)


def use(book: sqlite3.Connection, intent: Intent, token_id: str) -> None:
    """The token is this intent's from now on."""
    kept = orjson.dumps(replace(_find(book, token_id), intent=intent.id))
    book.execute("UPDATE confirmation_tokens SET doc = ? WHERE id = ?", (kept, token_id))


def _find(book: sqlite3.Connection, token_id: str) -> Token:
    row = book.execute("SELECT doc FROM confirmation_tokens WHERE id = ?", (token_id,)).fetchone()
    if row is None:
        message = f"No such confirmation_token: '{token_id[:80]}'"
        raise StripeError(404, message, code="resource_missing", param="confirmation_token")
    doc = orjson.loads(row[0])
    return Token(**{**doc, "method": Method(**doc["method"])})


def _object(token: Token) -> dict[str, Any]:
    method = payment_method_object(token.method.id, cards.by_name(token.method.card), token.created)
    shown = ("billing_details", "card", "type")
    return {
        "id": token.id,
        "object": "confirmation_token",
        "created": token.created,
        "expires_at": token.created + GOOD_FOR,
        "livemode": False,
        "mandate_data": None,
        "payment_intent": token.intent,
        "payment_method_options": None,
        "payment_method_preview": {**{name: method[name] for name in shown}, "customer": None},
        "return_url": token.return_url,
        "setup_future_usage": None,
        "setup_intent": None,
        "shipping": None,
        "use_stripe_sdk": True,
    }
