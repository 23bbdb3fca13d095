"""The events of payments, of the aggregate "payment". Amounts in minor units."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from chassis.outbox import EventData
from payments.domain.intent import Fact
from payments.domain.payment import Payment


class PaymentAuthorised(EventData, frozen=True):
    """The amount is held on the card, to be captured or given back."""

    type: ClassVar[str] = "payment.authorised"
    order_id: UUID
    amount: int
    currency: str


class PaymentDeclined(EventData, frozen=True):
    """A try was refused; the shopper may try again with the same payment."""

    type: ClassVar[str] = "payment.declined"
    order_id: UUID
    code: str
    message: str


class PaymentCaptured(EventData, frozen=True):
    """The money is taken."""

    type: ClassVar[str] = "payment.captured"
    order_id: UUID
    amount: int
    currency: str
    captured_at: datetime


class PaymentCancelled(EventData, frozen=True):
    """Nothing is held any more, and this order can never be paid."""

    type: ClassVar[str] = "payment.cancelled"
    order_id: UUID
    reason: str


class PaymentRestored(EventData, frozen=True):
    """A database was restored to an earlier moment, and this payment is known: its order may have been lost."""

    type: ClassVar[str] = "payment.restored"
    order_id: UUID


def about(payment: Payment, fact: Fact) -> EventData:
    """The event for a fact of a payment, which is given as it is after it."""
    match fact:
        case "authorised":
            return PaymentAuthorised(order_id=payment.order_id, amount=payment.amount, currency=payment.currency)
        case "declined":
            code, message = payment.decline_code or "declined", payment.decline_message or ""
            return PaymentDeclined(order_id=payment.order_id, code=code, message=message)
        case "captured":
            return PaymentCaptured(
                order_id=payment.order_id,
                amount=payment.amount,
                currency=payment.currency,
                captured_at=payment.captured_at or payment.updated_at,
            )
        case "cancelled":
            return PaymentCancelled(order_id=payment.order_id, reason=payment.cancel_reason or "provider")
