"""`GET /v1/elements/sessions`: what Stripe.js asks before it shows a form, for an intent or for one that is to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stripe_double import currencies, ids, operations, params, wire
from stripe_double.answers import Answer
from stripe_double.confirming import MODES
from stripe_double.errors import missing_parameter
from stripe_double.fields import Fields

if TYPE_CHECKING:
    import sqlite3

    from stripe_double.forms import Value
    from stripe_double.operations import Context

KINDS = ("payment_intent", "deferred_intent")
_NOISE = (
    "_stripe_version",
    "browser_timezone",
    "country_override",
    "elements_init_source",
    "expand",
    "mobile_app_id",
    "referrer_host",
    "stripe_js_id",
    "top_level_referrer",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of `deferred_intent` the intent is not made yet, and `client_secret` is None."""

    kind: str
    client_secret: str | None
    currency: str | None
    locale: str | None


def read(form: dict[str, Value]) -> Wanted:
    fields = Fields(form)
    fields.skip(_NOISE)
    kind = fields.choice("type", KINDS, required=True) or ""
    secret, locale = fields.text("client_secret"), fields.text("locale", longest=20)
    currency = _deferred(fields.nested("deferred_intent"))
    fields.done()
    if kind == "payment_intent" and secret is None:
        raise missing_parameter("client_secret")
    if kind == "deferred_intent" and currency is None:
        raise missing_parameter("deferred_intent[currency]")
    return Wanted(kind, secret, currency, locale)


def _deferred(fields: Fields | None) -> str | None:
    """The currency of an intent that is to come."""
    if fields is None:
        return None
    currency = currencies.known(fields.text("currency", required=True))
    fields.choice("mode", MODES, required=True)
    fields.integer("amount", 0)
    fields.choice("capture_method", params.CAPTURE_METHODS)
    fields.skip(("payment_method_types", "payment_method_options", "setup_future_usage"))
    fields.done()
    return currency


def session(book: sqlite3.Connection, context: Context, wanted: Wanted) -> Answer:
    preference: dict[str, Any] = {
        "object": "payment_method_preference",
        "country_code": "US",
        "ordered_payment_method_types": ["card"],
        "type": wanted.kind,
    }
    if wanted.client_secret is not None:
        intent = operations.find(book, wanted.client_secret.partition("_secret_")[0], wanted.client_secret)
        preference["payment_intent"] = wire.public_intent_object(intent, context.base)
    return Answer.ok(
        {
            "account_id": "acct_double",
            "apple_pay_preference": "disabled",
            "business_name": "Test payments",
            "card_brand_choice": {"eligible": False},
            "customer": None,
            "flags": {},
            "google_pay_preference": "disabled",
            "link_settings": None,
            "locale": wanted.locale,
            "merchant_country": "US",
            "merchant_currency": "usd",
            "object": "elements_session",
            "ordered_payment_method_types_and_wallets": ["card"],
            "payment_method_preference": preference,
            "payment_method_specs": [{"async": False, "fields": [], "type": "card"}],
            "session_id": ids.new("elements_session_1"),
            "unactivated_payment_method_types": [],
        }
    )
