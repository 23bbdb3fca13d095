"""What figures need of the events of orders and payments."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

import msgspec

from chassis.outbox import EventData


class SoldLine(msgspec.Struct, frozen=True):
    """Pieces of a product, and what was paid or given back for them."""

    product_id: UUID
    quantity: int
    amount: int


class OrderPlaced(EventData, frozen=True):
    """An order was accepted. What stands behind the currency is missing in events of earlier versions."""

    type: ClassVar[str] = "order.placed"
    order_id: UUID
    currency: str
    account_id: UUID | None = None
    country: str | None = None
    probe: bool = False
    lines: tuple[SoldLine, ...] = ()


class OrderPaid(EventData, frozen=True):
    """An order is paid."""

    type: ClassVar[str] = "order.paid"
    order_id: UUID
    currency: str
    total: int


class OrderRefunded(EventData, frozen=True):
    """Money of an order goes back."""

    type: ClassVar[str] = "order.refunded"
    refund_id: UUID
    lines: tuple[SoldLine, ...] = ()


class PaymentCaptured(EventData, frozen=True):
    """The money of an order was taken."""

    type: ClassVar[str] = "payment.captured"
    order_id: UUID
    amount: int
    currency: str


class PaymentRefunded(EventData, frozen=True):
    """The provider has accepted a refund."""

    type: ClassVar[str] = "payment.refunded"
    order_id: UUID
    refund_id: UUID
    amount: int
    currency: str


class PaymentRefundFailed(EventData, frozen=True):
    """A refund was refused, or failed after it had been accepted."""

    type: ClassVar[str] = "payment.refund_failed"
    order_id: UUID
    refund_id: UUID
    amount: int
    currency: str
