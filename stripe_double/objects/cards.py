"""Stripe's test cards by number and by PaymentMethod id, and the behaviour of each.

Source: https://docs.stripe.com/testing. A real card number is never accepted, so none is ever stored.
"""

from __future__ import annotations

import re

from stripe_double.objects.card import AUTHENTICATION_REQUIRED, Card, Decline, declined
from stripe_double.objects.errors import StripeError, invalid

__all__ = ["AUTHENTICATION_REQUIRED", "CARDS", "Card", "Decline", "by_name", "passes_luhn", "typed"]

CARDS = (
    Card("4242424242424242", "Pays", ("pm_card_visa",)),
    Card("5555555555554444", "Pays, Mastercard", ("pm_card_mastercard",), brand="mastercard"),
    Card("378282246310005", "Pays, Amex", ("pm_card_amex",), brand="amex"),
    Card(
        "4000002760003184",
        "3-D Secure",
        ("pm_card_authenticationRequired",),
        requires_3ds=True,
    ),
    Card(
        "4000002500003155",
        "3-D Secure unless set up",
        ("pm_card_authenticationRequiredOnSetup",),
        requires_3ds=True,
        exempt="saved",
    ),
    Card(
        "4000003800000446",
        "3-D Secure, set up already",
        ("pm_card_authenticationRequiredSetupForOffSession",),
        requires_3ds=True,
        exempt="always",
    ),
    Card(
        "4000000000000341",
        "Can be saved, then declined",
        ("pm_card_chargeCustomerFail",),
        decline=declined("generic_decline"),
    ),
    Card("4000000000003220", "3-D Secure 2", ("pm_card_threeDSecure2Required",), requires_3ds=True),
    Card(
        "4000008400001629",
        "3-D Secure, then declined",
        ("pm_card_threeDSecureRequiredChargeDeclined",),
        decline=declined("generic_decline"),
        requires_3ds=True,
    ),
    Card(
        "4000000000000002",
        "Declined",
        ("pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"),
        decline=declined("generic_decline"),
    ),
    Card(
        "4000000000009995",
        "Insufficient funds",
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_chargeDeclinedInsufficientFunds"),
        decline=declined("insufficient_funds", "Your card has insufficient funds."),
    ),
    Card(
        "4000000000000069",
        "Expired",
        ("pm_card_chargeDeclinedExpiredCard",),
        decline=Decline("expired_card", "expired_card", "Your card has expired.", "exp_month"),
    ),
    Card(
        "4000000000000127",
        "Wrong security code",
        ("pm_card_chargeDeclinedIncorrectCvc",),
        decline=Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.", "cvc"),
    ),
    Card(
        "4000000000009987",
        "Lost card",
        ("pm_card_visa_chargeDeclinedLostCard",),
        decline=declined("lost_card"),
    ),
    Card("4000000000000077", "Pays, available at once", ("pm_card_bypassPending",), available_at_once=True),
    Card("4000000000000259", "Pays, then disputed as fraud", ("pm_card_createDispute",), dispute="fraudulent"),
    Card(
        "4000000000002685",
        "Pays, then disputed as not received",
        ("pm_card_createDisputeProductNotReceived",),
        dispute="product_not_received",
    ),
    Card(
        "4000000000001976",
        "Pays, then inquired about",
        ("pm_card_createDisputeInquiry",),
        dispute="fraudulent",
        inquiry=True,
    ),
    Card("4000000000005423", "Pays, then a warning of fraud", ("pm_card_createIssuerFraudRecord",), fraud_warning=True),
    Card("4000000000009235", "Pays, with an elevated risk", ("pm_card_riskLevelElevated",), risk="elevated"),
    Card(
        "4000000000004954",
        "Blocked: the highest risk",
        ("pm_card_riskLevelHighest",),
        decline=declined("fraudulent"),
        risk="highest",
    ),
    Card(
        "4100000000000019",
        "Blocked always",
        ("pm_card_radarBlock",),
        decline=declined("fraudulent"),
        risk="highest",
    ),
    Card("4000000000007726", "Pays, refunds are pending first", ("pm_card_pendingRefund",), refund_ends="succeeded"),
    Card("4000000000005126", "Pays, refunds fail later", ("pm_card_refundFail",), refund_ends="failed"),
    Card(
        "4000000000000119",
        "Processing error",
        ("pm_card_chargeDeclinedProcessingError",),
        decline=Decline(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
)
_BY_NUMBER = {card.number: card for card in CARDS}
_BY_NAME = {name: card for card in CARDS for name in card.names}


def by_name(payment_method: str) -> Card:
    """The card behind a `pm_card_...` id; 400 `resource_missing` for any other."""
    card = _BY_NAME.get(payment_method)
    if card is None:
        raise invalid("payment_method", f"No such PaymentMethod: '{payment_method}'", "resource_missing")
    return card


def typed(number: str, exp_month: str, exp_year: str, cvc: str, today: tuple[int, int]) -> Card:
    """The test card with this number; 402 for invalid or unknown card data. `today` is (year, month)."""
    digits = re.sub(r"[ -]", "", number)
    if not re.fullmatch(r"[0-9]{12,19}", digits) or not passes_luhn(digits):
        raise _mistyped("incorrect_number", "number", "Your card number is incorrect.")
    _require_future(exp_month.strip(), exp_year.strip(), today)
    if not re.fullmatch(r"[0-9]{3,4}", cvc.strip()):
        raise _mistyped("invalid_cvc", "cvc", "Your card's security code is invalid.")
    card = _BY_NUMBER.get(digits)
    if card is None:
        raise _mistyped(
            "card_declined",
            "number",
            "Your card was declined. Your request was in test mode, but used a non test card. "
            "For a list of valid test cards, visit: https://stripe.com/docs/testing.",
            decline_code="test_mode_live_card",
        )
    return card


def passes_luhn(digits: str) -> bool:
    """Whether the check digit is right (Luhn algorithm)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def _require_future(month: str, year: str, today: tuple[int, int]) -> None:
    if not re.fullmatch(r"0?[1-9]|1[0-2]", month):
        raise _mistyped("invalid_expiry_month", "exp_month", "Your card's expiration month is invalid.")
    if not re.fullmatch(r"[0-9]{2}|20[0-9]{2}", year):
        raise _mistyped("invalid_expiry_year", "exp_year", "Your card's expiration year is invalid.")
    if (int(year[-2:]) + 2000, int(month)) < today:
        raise _mistyped("invalid_expiry_year", "exp_year", "Your card's expiration date is in the past.")


def _mistyped(code: str, param: str, message: str, **details: str) -> StripeError:
    return StripeError(402, message, kind="card_error", code=code, param=param, **details)
