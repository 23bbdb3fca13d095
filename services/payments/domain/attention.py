"""Why a person has to look at a payment, and what they can do: nothing here mends itself."""

from __future__ import annotations

from typing import Literal

from chassis.values import Money

Attention = Literal["misconfigured", "capture_differs", "amount_differs", "refunds_exceed"]


def misconfigured(code: str, message: str) -> str:
    """The provider does not take our calls as they are: no shopper's fault, and no end of the order."""
    return (
        f"Stripe refuses to prepare payments: {message} ({code}). The orders are kept and can be paid once this is put "
        "right. Run `python -m payments.doctor`, or `.venv/bin/mercat doctor stripe`: it says what to change."
    )


def capture_differs(taken: int | None, wanted: Money) -> str:
    """Somebody took another amount at the provider than was ordered; None: one that is no amount of ours."""
    return (
        f"Stripe has taken {_shown(taken, wanted.currency)} of {wanted}. That is not booked, and the order does not "
        "go on by itself. Refund it in Stripe's dashboard and tell the customer to order again."
    )


def amount_differs(found: int | None, currency: str, wanted: Money) -> str:
    """Somebody changed the payment at the provider."""
    return (
        f"The payment was changed at Stripe to {_shown(found, currency)}; the order is {wanted}. Nothing of it is "
        "booked. Cancel the payment in Stripe's dashboard: the order then ends, and the customer can order again."
    )


def refunds_exceed(refunded: int, captured: Money) -> str:
    """Refunds at the provider add up to more than was ever taken."""
    return (
        f"Stripe tells of refunds of {Money(refunded, captured.currency)}, and only {captured} was captured. Compare "
        "the payment in Stripe's dashboard."
    )


def _shown(amount: int | None, currency: str) -> str:
    return f"another amount of {currency}" if amount is None else str(Money(amount, currency))
