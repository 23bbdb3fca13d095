"""CustomerSessions: they let Stripe.js show the saved cards of one customer for half an hour.

Source: https://docs.stripe.com/api/customer_sessions.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from stripe_double.database import documents
from stripe_double.objects import ids
from stripe_double.objects.errors import StripeError
from stripe_double.operations import customers
from stripe_double.operations.context import Context

VALID_SECONDS = 30 * 60
_OTHERS = (
    *("active_entitlements", "buy_button", "customer_portal", "customer_sheet", "mobile_payment_element"),
    "pricing_table",
)


def create(db: sqlite3.Connection, context: Context, customer: str, element: dict[str, Any]) -> dict[str, Any]:
    """Create a session with the Payment Element enabled, and delete those that have expired."""
    customers.find(db, customer)
    now, secret = int(context.now), ids.new("cuss_secret_") + ids.new("")
    db.execute("DELETE FROM customer_sessions WHERE expires < ?", (now,))
    db.execute(
        "INSERT INTO customer_sessions (secret, expires, customer, components) VALUES (?, ?, ?, ?)",
        (secret, now + VALID_SECONDS, customer, orjson.dumps(element)),
    )
    return {
        "object": "customer_session",
        "client_secret": secret,
        "components": {**{name: {"enabled": False} for name in _OTHERS}, "payment_element": element},
        "created": now,
        "customer": customer,
        "customer_account": None,
        "expires_at": now + VALID_SECONDS,
        "livemode": False,
    }


def shown(db: sqlite3.Connection, context: Context, secret: str) -> dict[str, Any]:
    """What Stripe.js gets for a session: its customer's saved cards, if they are to be shown."""
    row = db.execute(
        "SELECT customer, components, expires FROM customer_sessions WHERE secret = ?", (secret,)
    ).fetchone()
    if row is None or row[2] < context.now:
        message = "The customer_session_client_secret is invalid or has expired."
        raise StripeError(400, message, code="customer_session_expired", param="customer_session_client_secret")
    element = orjson.loads(row[1])
    features = element["features"] or {}
    most = features.get("payment_method_redisplay_limit", 0)
    visible = features.get("payment_method_redisplay") == "enabled"
    methods = [documents.public(each) for each in customers.saved(db, row[0])[:most]] if visible else []
    return {
        "customer_session": {"components": {"payment_element": element}, "customer": row[0], "livemode": False},
        "default_payment_method": None,
        "payment_methods": methods,
    }
