"""What orders publishes (aggregate "order"), and what it needs of the payment service's events."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from chassis.outbox import EventData


class SoldLine(msgspec.Struct, frozen=True):
    """Pieces of a product, and what is paid or given back for them, tax included, in minor units."""

    product_id: UUID
    quantity: int
    amount: int


class OrderPlaced(EventData, frozen=True):
    """An order was accepted; neither reserved nor paid yet. Amounts are minor units."""

    type: ClassVar[str] = "order.placed"
    order_id: UUID
    number: str  # what people call the order, such as M-7K2Q9D
    account_id: UUID | None  # the customer's account; null: a guest's order
    currency: str
    total: int  # with shipping, in minor units of the currency
    country: str | None = None  # where it goes to, ISO 3166-1 alpha-2; null: nobody said
    probe: bool = False  # whether it is the synthetic shopper's, which no figure counts
    lines: tuple[SoldLine, ...] = ()  # products, pieces, and what is paid for them in minor units


class OrderPaid(EventData, frozen=True):
    """Its stock is sold and its money taken."""

    type: ClassVar[str] = "order.paid"
    order_id: UUID
    number: str  # what people call the order, such as M-7K2Q9D
    account_id: UUID | None  # the customer's account; null: a guest's order
    currency: str
    total: int  # with shipping, in minor units of the currency


class OrderCancelled(EventData, frozen=True):
    """It ended unpaid; nothing is held for it. `reason` as in the API."""

    type: ClassVar[str] = "order.cancelled"
    order_id: UUID
    number: str  # what people call the order, such as M-7K2Q9D
    account_id: UUID | None  # the customer's account; null: a guest's order
    reason: str  # as in the API


class OrderRefunded(EventData, frozen=True):
    """Money of a paid order goes back: the provider has accepted it. It may fail later."""

    type: ClassVar[str] = "order.refunded"
    order_id: UUID
    number: str  # what people call the order, such as M-7K2Q9D
    account_id: UUID | None  # the customer's account; null: a guest's order
    refund_id: UUID  # the refund's id
    currency: str
    amount: int  # of this refund, in minor units of the currency
    refunded: int  # all that went back of the order, this one included
    lines: tuple[SoldLine, ...] = ()  # products, pieces, and what goes back for them in minor units


class OrderRefundFailed(EventData, frozen=True):
    """A refund failed, or was refused: its money is with the shop."""

    type: ClassVar[str] = "order.refund_failed"
    order_id: UUID
    number: str  # what people call the order, such as M-7K2Q9D
    account_id: UUID | None  # the customer's account; null: a guest's order
    refund_id: UUID  # the refund's id
    currency: str
    amount: int  # of this refund, in minor units of the currency
    refunded: int  # all that went back of the order


class OrderPiecesCancelled(EventData, frozen=True):
    """Pieces of a paid order are not sent any more."""

    type: ClassVar[str] = "order.pieces_cancelled"
    order_id: UUID
    number: str  # what people call the order, such as M-7K2Q9D
    account_id: UUID | None  # the customer's account; null: a guest's order
    pieces: int  # how many
    whole: bool  # whether no piece of the order is left


class ParcelSent(EventData, frozen=True):
    """Pieces of an order were sent, or handed over."""

    type: ClassVar[str] = "order.parcel_sent"
    order_id: UUID
    number: str  # what people call the order, such as M-7K2Q9D
    account_id: UUID | None  # the customer's account; null: a guest's order
    parcel_id: UUID  # the parcel's id
    by_hand: bool  # without a carrier


class ParcelCancelled(EventData, frozen=True):
    """A parcel was taken back before it was delivered: its pieces are to be sent again."""

    type: ClassVar[str] = "order.parcel_cancelled"
    order_id: UUID
    number: str  # what people call the order, such as M-7K2Q9D
    account_id: UUID | None  # the customer's account; null: a guest's order
    parcel_id: UUID  # the parcel's id


class OrderFulfilled(EventData, frozen=True):
    """Nothing of it is left to be sent. Told again, if a parcel was cancelled and its pieces were sent anew."""

    type: ClassVar[str] = "order.fulfilled"
    order_id: UUID
    number: str  # what people call the order, such as M-7K2Q9D
    account_id: UUID | None  # the customer's account; null: a guest's order


class OrderReturned(EventData, frozen=True):
    """Pieces of an order came back."""

    type: ClassVar[str] = "order.returned"
    order_id: UUID
    number: str  # what people call the order, such as M-7K2Q9D
    account_id: UUID | None  # the customer's account; null: a guest's order
    return_id: UUID  # the return's id
    pieces: int  # how many


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


class PaymentRefunded(EventData, frozen=True):
    """The provider has accepted a refund."""

    type: ClassVar[str] = "payment.refunded"
    order_id: UUID
    refund_id: UUID
    amount: int
    currency: str
    origin: str


class PaymentRefundFailed(EventData, frozen=True):
    """A refund was refused, or failed after it had been accepted."""

    type: ClassVar[str] = "payment.refund_failed"
    order_id: UUID
    refund_id: UUID
    amount: int
    reason: str


class PaymentDisputed(EventData, frozen=True):
    """The customer's bank disputes the payment of an order; told again when that changes."""

    type: ClassVar[str] = "payment.disputed"
    order_id: UUID
    dispute_id: str
    amount: int
    reason: str = ""


class PaymentDisputeClosed(EventData, frozen=True):
    """A dispute has ended, won or lost. A lost one may still be won: then it is told again."""

    type: ClassVar[str] = "payment.dispute_closed"
    order_id: UUID
    dispute_id: str
    outcome: str
    amount: int


class AccountEmailVerified(EventData, frozen=True):
    """The address of an account is known to be its owner's."""

    type: ClassVar[str] = "account.email_verified"
    account_id: UUID
