"""`GET /v1/elements/sessions`: Stripe.js calls it before it shows a form, for an existing or a later intent."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from stripe_double.objects import currencies, ids, serialization
from stripe_double.objects.errors import missing_parameter
from stripe_double.operations import customer_sessions, payment_intents
from stripe_double.operations.context import Context
from stripe_double.protocol import params
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.confirm_params import MODES
from stripe_double.protocol.fields import Fields
from stripe_double.protocol.forms import Value

KINDS = ("payment_intent", "deferred_intent")
_IGNORED = (
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
class SessionRequest:
    """The checked parameters. `client_secret` is None for a `deferred_intent`, which does not exist yet."""

    kind: str
    client_secret: str | None
    currency: str | None
    locale: str | None
    customer_session: str | None = None


def read(form: dict[str, Value]) -> SessionRequest:
    """Check the query's parameters."""
    fields = Fields(form)
    fields.skip(_IGNORED)
    kind = fields.choice("type", KINDS, required=True) or ""
    secret, locale = fields.text("client_secret"), fields.text("locale", longest=20)
    currency = _deferred(fields.nested("deferred_intent"))
    customer = fields.text("customer_session_client_secret")
    fields.done()
    if kind == "payment_intent" and secret is None:
        raise missing_parameter("client_secret")
    if kind == "deferred_intent" and currency is None:
        raise missing_parameter("deferred_intent[currency]")
    return SessionRequest(kind, secret, currency, locale, customer)


def _deferred(fields: Fields | None) -> str | None:
    """Check the parameters of a later intent; returns its currency."""
    if fields is None:
        return None
    currency = currencies.supported(fields.text("currency", required=True))
    fields.choice("mode", MODES, required=True)
    fields.integer("amount", 0)
    fields.choice("capture_method", params.CAPTURE_METHODS)
    fields.skip(("payment_method_types", "payment_method_options", "setup_future_usage"))
    fields.done()
    return currency


def session(db: sqlite3.Connection, context: Context, wanted: SessionRequest) -> Answer:
    """The session object; for an intent that exists with its public fields."""
    preference: dict[str, Any] = {
        "object": "payment_method_preference",
        "country_code": "US",
        "ordered_payment_method_types": ["card"],
        "type": wanted.kind,
    }
    if wanted.client_secret is not None:
        intent = payment_intents.find(db, wanted.client_secret.partition("_secret_")[0], wanted.client_secret)
        preference["payment_intent"] = serialization.public_intent_object(intent, context.base)
    return Answer.ok(
        {
            "account_id": "acct_double",
            "apple_pay_preference": "disabled",
            "business_name": "Test payments",
            "card_brand_choice": {"eligible": False},
            "customer": customer_sessions.shown(db, context, of) if (of := wanted.customer_session) else None,
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
