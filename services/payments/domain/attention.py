"""Texts for staff: why a person has to look at a payment, and what to do. None of these resolves itself."""

from __future__ import annotations

from typing import Literal

from chassis.values import Money

Attention = Literal["misconfigured", "capture_differs", "amount_differs", "refunds_exceed", "order_lost"]


def misconfigured(code: str, message: str) -> str:
    """The provider refuses our key, account or parameters."""
    return (
        f"Stripe refuses to prepare payments: {message} ({code}). The orders are kept and can be paid once this is put "
        "right. Run `python -m payments.doctor`, or `.venv/bin/mercat doctor stripe`: it says what to change."
    )


def capture_differs(taken: int | None, wanted: Money) -> str:
    """Another amount was captured at the provider than ordered. `taken` None: no whole number of minor units."""
    return (
        f"Stripe has taken {_shown(taken, wanted.currency)} of {wanted}. That is not booked, and the order does not "
        "go on by itself. Refund it in Stripe's dashboard and tell the customer to order again."
    )


def amount_differs(found: int | None, currency: str, wanted: Money) -> str:
    """The intent's amount or currency was changed at the provider."""
    return (
        f"The payment was changed at Stripe to {_shown(found, currency)}; the order is {wanted}. Nothing of it is "
        "booked. Cancel the payment in Stripe's dashboard: the order then ends, and the customer can order again."
    )


def refunds_exceed(refunded: int, captured: Money) -> str:
    """The refunds at the provider are more than was captured."""
    return (
        f"Stripe tells of refunds of {Money(refunded, captured.currency)}, and only {captured} was captured. Compare "
        "the payment in Stripe's dashboard."
    )


def order_lost(captured: Money) -> str:
    """The order was lost when a database was restored to an earlier moment, and its payment was captured."""
    return (
        f"{captured} was taken for an order that was lost when the database was restored. Refund it in Stripe's "
        "dashboard, which has the customer's address, and tell the customer to order again."
    )


def _shown(amount: int | None, currency: str) -> str:
    return f"another amount of {currency}" if amount is None else str(Money(amount, currency))
