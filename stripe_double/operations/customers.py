"""Customers and their saved payment methods.

Sources: https://docs.stripe.com/api/customers, https://docs.stripe.com/payments/save-during-payment.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from stripe_double.database import documents
from stripe_double.objects import cards, ids
from stripe_double.objects.errors import StripeError, invalid, no_such
from stripe_double.objects.records import Intent, Method
from stripe_double.objects.serialization import payment_method_object
from stripe_double.operations import events
from stripe_double.operations.context import Context
from stripe_double.protocol.fields import merged
from stripe_double.protocol.params import Listing

MAX_SAVED = 100
_SPENT = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
    "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use "
    "a PaymentMethod multiple times, you must attach it to a Customer first."
)


def create(db: sqlite3.Connection, context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Create a customer from checked parameters."""
    settings = {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}
    customer = {
        "id": ids.new("cus_")[:18],
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": int(context.now),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": ids.new("")[:8].upper(),
        "invoice_settings": settings,
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
        **given,
        "_deleted": False,
    }
    documents.put(db, "customer", customer)
    events.write_events(db, context, ("customer.created",), documents.public(customer))
    return customer


def find(db: sqlite3.Connection, name: str, param: str = "customer") -> dict[str, Any]:
    """A customer by id; 404 if there is none, or if it was deleted."""
    found = documents.get(db, "customer", name, param)
    if found["_deleted"]:
        raise no_such("customer", name, param)
    return found


def require(db: sqlite3.Connection, name: str | None) -> None:
    """Raise 400 if a payment names a customer that does not exist."""
    if name is None:
        return
    try:
        find(db, name)
    except StripeError as missing:
        raise invalid("customer", str(missing), "resource_missing") from None


def update(db: sqlite3.Connection, context: Context, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Change a customer; an empty value removes what was there."""
    customer = find(db, name, "id")
    metadata = merged(customer["metadata"], given.pop("metadata", {}))
    default = given.pop("default_payment_method", None)
    after = {**customer, **given, "metadata": metadata}
    if default is not None:
        owned(db, name, default, "invoice_settings[default_payment_method]")
        after["invoice_settings"] = {**customer["invoice_settings"], "default_payment_method": default}
    documents.put(db, "customer", after)
    events.write_events(db, context, ("customer.updated",), documents.public(after), documents.public(customer))
    return after


def delete(db: sqlite3.Connection, context: Context, name: str) -> dict[str, Any]:
    """Delete a customer for good, all but the id; the payment methods cannot be used any more."""
    customer = find(db, name, "id")
    for method in saved(db, name):
        detach(db, context, method)
    left = {"id": name, "object": "customer", "deleted": True}
    documents.put(db, "customer", {**left, "_created": customer["created"], "_deleted": True})
    events.write_events(db, context, ("customer.deleted",), documents.public(customer))
    return left


def saved(db: sqlite3.Connection, customer: str) -> list[dict[str, Any]]:
    """The payment methods of a customer, newest first."""
    return documents.listed(db, "payment_method", Listing(MAX_SAVED, None, (), expand=False), {"customer": customer})


def owned(db: sqlite3.Connection, customer: str, name: str, param: str) -> dict[str, Any]:
    """A payment method of this customer; 400 for any other."""
    found = documents.get(db, "payment_method", name, param)
    if found["customer"] != customer:
        message = "The customer does not have a payment method with the ID "
        raise invalid(param, f"{message}{name[:80]}. The payment method must be attached to the customer.")
    return found


def new_method(db: sqlite3.Connection, now: int, method: Method) -> dict[str, Any]:
    """Store a payment method, which no customer has yet."""
    shown = payment_method_object(method.id, cards.by_name(method.card), now)
    stored = {**shown, "_card": method.card, "_usage": None, "_spent": False}
    documents.put(db, "payment_method", stored)
    return stored


def attach(
    db: sqlite3.Connection, context: Context, method: dict[str, Any], customer: str, usage: str = "off_session"
) -> dict[str, Any]:
    """Save a payment method for a customer; 402 if the card's bank refuses it."""
    card = cards.by_name(method["_card"])
    if method["_spent"]:
        raise StripeError(
            400,
            "This PaymentMethod was previously used without being attached to a Customer or was detached from a "
            "Customer, and may not be used again.",
        )
    if method["customer"] not in {None, customer}:
        raise StripeError(400, "The payment method you provided has already been attached to a customer.")
    if card.refuses_to_be_saved and card.decline is not None:
        refused = card.decline
        raise StripeError(402, refused.message, kind="card_error", code=refused.code, decline_code=refused.decline_code)
    after = {**method, "customer": customer, "_usage": usage}
    documents.put(db, "payment_method", after)
    if method["customer"] is None:
        events.write_events(db, context, ("payment_method.attached",), documents.public(after))
    return after


def detach(db: sqlite3.Connection, context: Context, method: dict[str, Any]) -> dict[str, Any]:
    """Take a payment method from its customer; it cannot be used again."""
    if method["customer"] is None:
        message = (
            f"The payment method you provided is not attached to a customer so detachment is impossible: {method['id']}"
        )
        raise StripeError(400, message)
    after = {**method, "customer": None, "_spent": True}
    documents.put(db, "payment_method", after)
    events.write_events(db, context, ("payment_method.detached",), documents.public(after))
    return after


def usable(db: sqlite3.Connection, method: Method, customer: str | None, *, any_customer: bool = False) -> Method:
    """The method with the card that it was saved with; 400 if it is another customer's, or cannot be used again."""
    if method.card:
        return method
    found = documents.find(db, "payment_method", method.id)
    if found is None:
        raise invalid("payment_method", f"No such PaymentMethod: '{method.id[:80]}'", "resource_missing")
    if found["_spent"]:
        raise StripeError(400, _SPENT)
    owner = found["customer"]
    if owner is not None and customer is None and not any_customer:
        raise StripeError(
            400,
            f"The payment method supplied ({method.id}) belongs to the Customer {owner}. Please include the Customer "
            "in the `customer` parameter on the PaymentIntent.",
            param="payment_method",
        )
    if owner not in {None, customer} and not any_customer:
        raise StripeError(
            400,
            f"The PaymentMethod {method.id} does not belong to the Customer you supplied {customer}. Please use this "
            "PaymentMethod with the Customer that it belongs to instead.",
            param="payment_method",
        )
    return Method(method.id, found["_card"], found["_usage"])


def after_payment(db: sqlite3.Connection, context: Context, intent: Intent) -> None:
    """Save the payment method that an intent was paid with, if it is to be used again; else it is spent."""
    if intent.payment_method is None or intent.card is None:
        return
    method = documents.find(db, "payment_method", intent.payment_method)
    if intent.customer is None or intent.setup_future_usage is None:
        if method is not None and method["customer"] is None:
            documents.put(db, "payment_method", {**method, "_spent": True})
        return
    method = method or new_method(db, int(context.now), Method(intent.payment_method, intent.card))
    attach(db, context, method, intent.customer, intent.setup_future_usage)
