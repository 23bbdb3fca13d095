"""What orders publishes (aggregate "order"), and what it needs of the payment service's events."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from chassis.outbox import EventData


class OrderPlaced(EventData, frozen=True):
    """An order was accepted; neither reserved nor paid yet. Amounts are minor units."""

    type: ClassVar[str] = "order.placed"
    order_id: UUID
    number: str
    account_id: UUID | None
    currency: str
    total: int


class OrderPaid(EventData, frozen=True):
    """Its stock is sold and its money taken."""

    type: ClassVar[str] = "order.paid"
    order_id: UUID
    number: str
    account_id: UUID | None
    currency: str
    total: int


class OrderCancelled(EventData, frozen=True):
    """It ended unpaid; nothing is held for it. `reason` as in the API."""

    type: ClassVar[str] = "order.cancelled"
    order_id: UUID
    number: str
    account_id: UUID | None
    reason: str


class PaymentAuthorised(EventData, frozen=True):
    """The money of an order is reserved at the provider."""

    type: ClassVar[str] = "payment.authorised"
    order_id: UUID
    amount: int
    currency: str


class PaymentDeclined(EventData, frozen=True):
    """A try to pay was declined; `code` and `message` are the provider's."""

    type: ClassVar[str] = "payment.declined"
    order_id: UUID
    code: str | None = None
    message: str | None = None


class PaymentRestored(EventData, frozen=True):
    """Payments was restored to an earlier moment, and has this payment: of an order that may have been lost."""

    type: ClassVar[str] = "payment.restored"
    order_id: UUID


class PaymentCaptured(EventData, frozen=True):
    """The money of an order was taken."""

    type: ClassVar[str] = "payment.captured"
    order_id: UUID
    amount: int
    currency: str
    captured_at: datetime | None = None


class PaymentCancelled(EventData, frozen=True):
    """The payment of an order was cancelled."""

    type: ClassVar[str] = "payment.cancelled"
    order_id: UUID
    reason: str | None = None
