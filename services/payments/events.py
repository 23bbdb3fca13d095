"""The events of payments, of the aggregate "payment". Amounts in minor units."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from chassis.outbox import EventData
from payments.domain.intent import Fact
from payments.domain.payment import Payment


class PaymentAuthorised(EventData, frozen=True):
    """The amount is held on the card, to be captured or given back."""

    type: ClassVar[str] = "payment.authorised"
    order_id: UUID  # the order that is paid
    amount: int  # in minor units of the currency
    currency: str


class PaymentDeclined(EventData, frozen=True):
    """A try was refused; the shopper may try again with the same payment."""

    type: ClassVar[str] = "payment.declined"
    order_id: UUID  # the order that is paid
    code: str  # the provider's word for why
    message: str  # what the bank said, for people


class PaymentCaptured(EventData, frozen=True):
    """The money is taken."""

    type: ClassVar[str] = "payment.captured"
    order_id: UUID  # the order that is paid
    amount: int  # in minor units of the currency
    currency: str
    captured_at: datetime  # when the money was taken


class PaymentCancelled(EventData, frozen=True):
    """Nothing is held any more, and this order can never be paid."""

    type: ClassVar[str] = "payment.cancelled"
    order_id: UUID  # the order that is paid
    reason: str  # why, in one word


class PaymentDisputed(EventData, frozen=True):
    """A customer disputes the payment at their bank, or asks there about it; told again when that stands otherwise."""

    type: ClassVar[str] = "payment.disputed"
    order_id: UUID  # the order that was paid
    dispute_id: str  # at the provider
    amount: int  # in minor units of the currency
    currency: str
    reason: str  # the provider's word for why; empty where it gives none
    status: str  # in the provider's words
    due_by: datetime | None  # when it is lost if not answered


class PaymentDisputeClosed(EventData, frozen=True):
    """A dispute has ended. A lost one may still be won later: then this is told again."""

    type: ClassVar[str] = "payment.dispute_closed"
    order_id: UUID  # the order that was paid
    dispute_id: str  # at the provider
    outcome: Literal["won", "lost"]  # won: the money is ours, also where none was withdrawn
    amount: int  # in minor units of the currency
    currency: str


class PaymentRefunded(EventData, frozen=True):
    """The provider has accepted a refund: the money goes back. It may fail later."""

    type: ClassVar[str] = "payment.refunded"
    order_id: UUID  # the order that was paid
    refund_id: UUID  # of the refund
    amount: int  # of this refund, in minor units of the currency
    currency: str
    origin: Literal["shop", "provider"]  # who asked for it: this shop, or somebody in the provider's dashboard
    refunded: int  # all that was accepted of the payment and did not fail, this one included


class PaymentRefundFailed(EventData, frozen=True):
    """A refund was refused, or failed after it had been accepted: its money is with the shop."""

    type: ClassVar[str] = "payment.refund_failed"
    order_id: UUID  # the order that was paid
    refund_id: UUID  # of the refund
    amount: int  # of this refund, in minor units of the currency
    currency: str
    origin: Literal["shop", "provider"]  # who asked for it
    reason: str  # the provider's word for why
    refunded: int  # all that was accepted of the payment and did not fail


class PaymentRestored(EventData, frozen=True):
    """A database was restored to an earlier moment, and this payment is known: its order may have been lost."""

    type: ClassVar[str] = "payment.restored"
    order_id: UUID  # the order that may have been lost


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
