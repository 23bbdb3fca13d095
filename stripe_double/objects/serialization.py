"""Records as Stripe's objects: PaymentIntent, Charge, PaymentMethod, list. Fields are in Stripe's order."""

from __future__ import annotations

from typing import Any

from stripe_double.objects import cards
from stripe_double.objects.links import authentication_page
from stripe_double.objects.records import Charge, Intent

# The fields that callers with a publishable key and a client secret get.
_PUBLIC = [
    "id",
    "object",
    "amount",
    "amount_details",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "capture_method",
    "client_secret",
    "confirmation_method",
    "created",
    "currency",
    "description",
    "last_payment_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_types",
    "processing",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "source",
    "status",
]
_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_NOBODY = {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None}
_LAST_YEAR = 2034

# Fields of Stripe's object that are always null here.
_UNUSED = dict.fromkeys(
    """
    application application_fee_amount on_behalf_of payment_method_configuration_details processing review source
    transfer_data transfer_group
    """.split()
)


def intent_object(intent: Intent, base: str, latest_charge: Charge | None = None) -> dict[str, Any]:
    """The intent as Stripe's object. `latest_charge` is given to expand it; `base` is the double's public URL."""
    automatic = intent.allow_redirects and {"allow_redirects": intent.allow_redirects, "enabled": True}
    return {
        "id": intent.id,
        "object": "payment_intent",
        **_UNUSED,
        "allowed_payment_method_types": ["card"] if intent.only_cards else None,
        "amount": intent.amount,
        "amount_capturable": intent.amount_capturable,
        "amount_details": {"tip": {}},
        "amount_received": intent.amount_received,
        "automatic_payment_methods": automatic,
        "canceled_at": intent.canceled_at,
        "cancellation_reason": intent.cancellation_reason,
        "capture_method": intent.capture_method,
        "client_secret": intent.client_secret,
        "confirmation_method": "automatic",
        "created": intent.created,
        "currency": intent.currency,
        "customer": intent.customer,
        "description": intent.description,
        "last_payment_error": _failure(intent),
        "latest_charge": charge_object(latest_charge) if latest_charge else intent.latest_charge,
        "livemode": False,
        "metadata": intent.metadata,
        "next_action": _next_action(intent, base),
        "payment_method": intent.payment_method,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "receipt_email": intent.receipt_email,
        "setup_future_usage": intent.setup_future_usage,
        "shipping": intent.shipping,
        "statement_descriptor": intent.statement_descriptor,
        "statement_descriptor_suffix": intent.statement_descriptor_suffix,
        "status": intent.status,
    }


def public_intent_object(intent: Intent, base: str) -> dict[str, Any]:
    """The intent with the fields that callers with the publishable key may see."""
    whole = intent_object(intent, base)
    return {name: whole[name] for name in whole if name in _PUBLIC}


def charge_object(charge: Charge) -> dict[str, Any]:
    """The charge as Stripe's object."""
    card = cards.by_name(charge.card)
    decline = cards.AUTHENTICATION_REQUIRED if charge.decline else card.decline
    return {
        "id": charge.id,
        "object": "charge",
        "amount": charge.amount,
        "amount_captured": charge.amount_captured,
        "amount_refunded": charge.amount_refunded,
        "balance_transaction": charge.balance_transaction,
        "billing_details": _NOBODY,
        "captured": charge.captured,
        "created": charge.created,
        "currency": charge.currency,
        "customer": charge.customer,
        "disputed": charge.disputed,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "livemode": False,
        "metadata": charge.metadata,
        "outcome": _outcome(decline, card.risk),
        "paid": charge.succeeded,
        "payment_intent": charge.intent,
        "payment_method": charge.payment_method,
        "payment_method_details": {"card": _charged(card, charge), "type": "card"},
        "receipt_url": None,
        "refunded": charge.amount_refunded == charge.amount,
        "status": "succeeded" if charge.succeeded else "failed",
    }


def payment_method_object(method: str, card: cards.Card, created: int) -> dict[str, Any]:
    """The PaymentMethod of a test card as Stripe's object."""
    return {
        "id": method,
        "object": "payment_method",
        "billing_details": _NOBODY,
        "card": _card(card),
        "created": created,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def list_object(url: str, data: list[dict[str, Any]], *, has_more: bool) -> dict[str, Any]:
    """A page of a list as Stripe's object."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def _failure(intent: Intent) -> dict[str, Any] | None:
    if intent.failure is None or intent.card is None:
        return None
    method = payment_method_object(intent.failure["payment_method"], cards.by_name(intent.card), intent.created)
    return {**intent.failure, "payment_method": method}


def _next_action(intent: Intent, base: str) -> dict[str, Any] | None:
    if intent.status != "requires_action":
        return None
    if intent.stripe_sdk:
        page = authentication_page(base, intent, framed=True)
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"stripe_js": page, "type": "three_d_secure_redirect"}}
    page = authentication_page(base, intent)
    return {
        "redirect_to_url": {"return_url": intent.return_url, "url": page},
        "type": "redirect_to_url",
    }


def _outcome(decline: cards.Decline | None, risk: str) -> dict[str, Any]:
    """How the payment ended: Radar blocks a payment of the highest risk before the network gets it."""
    blocked = decline is not None and risk == "highest"
    refused = "not_sent_to_network" if blocked else "declined_by_network"
    reason = "highest_risk_level" if blocked else decline.decline_code if decline else None
    message = "Stripe blocked this payment as too risky." if blocked else "The bank declined the payment."
    return {
        "advice_code": decline.advice if decline and not blocked else None,
        "network_advice_code": None,
        "network_decline_code": decline.network_code if decline and not blocked else None,
        "network_status": refused if decline else "approved_by_network",
        "reason": reason,
        "risk_level": risk,
        "seller_message": message if decline else "Payment complete.",
        "type": ("blocked" if blocked else "issuer_declined") if decline else "authorized",
    }


def _charged(card: cards.Card, charge: Charge) -> dict[str, Any]:
    """The card details of a charge; an authorisation expires after a week."""
    held = charge.succeeded and not charge.captured
    return {**_card(card), "capture_before": charge.created + 7 * 86_400 if held else None}


def _card(card: cards.Card) -> dict[str, Any]:
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "exp_month": 12,
        "exp_year": _LAST_YEAR,
        "funding": "credit",
        "last4": card.last4,
    }
