"""The state machine of PaymentIntents: pure functions that return the next step or raise Stripe's error.

Source: https://docs.stripe.com/payments/paymentintents/lifecycle. Amounts are integer minor units, times Unix seconds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stripe_double.objects import cards, currencies, ids
from stripe_double.objects.errors import DOCS, invalid
from stripe_double.objects.records import Charge, Intent, Method, Movement, Status, Step, UnexpectedState

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)


def method_of(card: cards.Card) -> Method:
    """A new PaymentMethod for a test card."""
    return Method(ids.new("pm_"), card.name)


def attach(intent: Intent, method: Method) -> Intent:
    """The intent with a payment method, not confirmed yet."""
    status: Status = "requires_confirmation"
    return replace(intent, payment_method=method.id, card=method.card, method_usage=method.usage, status=status)


def update(intent: Intent, changes: dict[str, Any], metadata: dict[str, str]) -> Step:
    """Change fields and metadata, whose empty values remove keys. The amount is fixed once it is authorised."""
    if "amount" in changes and intent.status not in CONFIRMABLE:
        raise UnexpectedState(
            intent,
            f"This PaymentIntent's amount could not be updated because it has a status of {intent.status}. You may "
            f"only update the amount of a PaymentIntent with one of the following statuses: {', '.join(CONFIRMABLE)}.",
        )
    kept = {key: value for key, value in {**intent.metadata, **metadata}.items() if value}
    return Step(replace(intent, **changes, metadata=kept))


def confirm(
    intent: Intent,
    method: Method | None,
    return_url: str | None,
    now: int,
    *,
    stripe_sdk: bool = False,
    off_session: bool = False,
) -> Step:
    """Confirm with a method, or the attached one. `stripe_sdk`: Stripe.js shows 3-D Secure.

    `off_session`: the shopper is not there, so a card that needs 3-D Secure is declined.
    """
    if intent.status not in CONFIRMABLE:
        raise UnexpectedState(intent, _why_not_confirm(intent.status))
    if method is None:
        method = _attached(intent)
    tried = replace(
        intent,
        payment_method=method.id,
        card=method.card,
        method_usage=method.usage,
        return_url=return_url or intent.return_url,
        stripe_sdk=stripe_sdk,
        failure=None,
    )
    card = cards.by_name(method.card)
    if off_session and card.requires_3ds:
        exempt = card.exempt == "always" or (card.exempt == "saved" and method.usage == "off_session")
        return _charge(tried, method, now, None if exempt else cards.AUTHENTICATION_REQUIRED)
    if card.requires_3ds:
        return Step(replace(tried, status="requires_action"), events=("payment_intent.requires_action",))
    return _charge(tried, method, now)


def authenticate(intent: Intent, *, passed: bool, now: int) -> Step:
    """Apply the result of 3-D Secure."""
    if intent.status != "requires_action":
        raise UnexpectedState(
            intent,
            f"This PaymentIntent cannot be authenticated because it has a status of {intent.status}. "
            "Only a PaymentIntent with one of the following statuses may be authenticated: requires_action.",
        )
    method = _attached(intent)
    if passed:
        return _charge(intent, method, now)
    failure = {
        "code": "payment_intent_authentication_failure",
        "doc_url": DOCS + "payment-intent-authentication-failure",
        "message": "We are unable to authenticate your payment method. "
        "Please choose a different payment method and try again.",
        "payment_method": method.id,
        "type": "invalid_request_error",
    }
    return Step(_without_method(intent, failure), events=("payment_intent.payment_failed",))


def capture(intent: Intent, charge: Charge | None, amount: int | None) -> Step:
    """Capture `amount`, or all that was authorised if it is None. The rest is released."""
    if intent.status != "requires_capture" or charge is None:
        raise UnexpectedState(
            intent,
            f"This PaymentIntent could not be captured because it has a status of {intent.status}. "
            "Only a PaymentIntent with one of the following statuses may be captured: requires_capture.",
        )
    taken = intent.amount_capturable if amount is None else amount
    currencies.chargeable("amount_to_capture", taken, intent.currency)
    if not 1 <= taken <= intent.amount_capturable:
        raise invalid(
            "amount_to_capture",
            "The payment could not be captured because the requested capture amount is greater than the "
            f"amount you can capture for this PaymentIntent ({intent.amount_capturable}).",
            "amount_too_large",
        )
    left = charge.amount - taken
    settled = replace(charge, captured=True, amount_captured=taken, amount_refunded=left)
    paid = replace(intent, status="succeeded", amount_capturable=0, amount_received=taken)
    movements = (Movement("capture", taken), *((Movement("void", left),) if left else ()))
    return Step(paid, settled, movements, ("payment_intent.succeeded",))


def cancel(intent: Intent, charge: Charge | None, reason: str | None, now: int) -> Step:
    """Cancel the intent and release its authorisation."""
    if intent.status not in CANCELABLE:
        raise UnexpectedState(
            intent,
            f"You cannot cancel this PaymentIntent because it has a status of {intent.status}. Only a "
            f"PaymentIntent with one of the following statuses may be canceled: {', '.join(CANCELABLE)}.",
        )
    ended = replace(intent, status="canceled", amount_capturable=0, canceled_at=now, cancellation_reason=reason)
    events = ("payment_intent.canceled",)
    if intent.status != "requires_capture" or charge is None:
        return Step(ended, events=events)
    given_back = replace(charge, amount_refunded=charge.amount)
    return Step(ended, given_back, (Movement("void", charge.amount),), events)


def _charge(intent: Intent, method: Method, now: int, decline: cards.Decline | None = None) -> Step:
    """Charge the card; `decline` is a refusal for another reason than the card itself."""
    refusal = decline or cards.by_name(method.card).decline
    charge = Charge(
        id=ids.new("ch_3"),
        intent=intent.id,
        created=now,
        amount=intent.amount,
        currency=intent.currency,
        payment_method=method.id,
        card=method.card,
        succeeded=refusal is None,
        metadata=intent.metadata,
        customer=intent.customer,
        decline=decline.decline_code if decline else None,
    )
    charged = replace(intent, latest_charge=charge.id)
    if refusal is not None:
        return _decline(charged, charge, refusal)
    if intent.capture_method == "manual":
        held = replace(charged, status="requires_capture", amount_capturable=intent.amount)
        movements = (Movement("authorise", intent.amount),)
        return Step(held, charge, movements, ("payment_intent.amount_capturable_updated",))
    paid = replace(charged, status="succeeded", amount_received=intent.amount)
    settled = replace(charge, captured=True, amount_captured=intent.amount)
    both = (Movement("authorise", intent.amount), Movement("capture", intent.amount))
    return Step(paid, settled, both, ("payment_intent.succeeded",))


def _decline(intent: Intent, charge: Charge, decline: cards.Decline) -> Step:
    failure = {
        "advice_code": decline.advice,
        "charge": charge.id,
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": DOCS + decline.code.replace("_", "-"),
        "message": decline.message,
        "network_decline_code": decline.network_code,
        **({"param": decline.param} if decline.param else {}),
        "payment_method": charge.payment_method,
        "type": "card_error",
    }
    refused = (Movement("decline", charge.amount),)
    return Step(_without_method(intent, failure), charge, refused, ("payment_intent.payment_failed",))


def _without_method(intent: Intent, failure: dict[str, Any]) -> Intent:
    return replace(intent, status="requires_payment_method", payment_method=None, failure=failure)


def _attached(intent: Intent) -> Method:
    if intent.payment_method is None or intent.card is None:
        raise UnexpectedState(
            intent,
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update "
            "the PaymentIntent with a payment method and then confirm it again, or confirm it again directly "
            "with a payment method.",
        )
    return Method(intent.payment_method, intent.card, intent.method_usage)


def _why_not_confirm(status: Status) -> str:
    if status == "succeeded":
        return (
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
        )
    return (
        f"You cannot confirm this PaymentIntent because it has a status of {status}. Only a PaymentIntent with "
        f"one of the following statuses may be confirmed: {', '.join(CONFIRMABLE)}."
    )
