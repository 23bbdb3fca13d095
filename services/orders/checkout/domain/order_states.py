"""The three states of an order: of its payment, of what is sent, and of the order itself. Derived, never stored.

They follow from what is stored anyway: the state of the checkout, the pieces that were ordered, and `Progress`, which
counts what has happened since the payment.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from orders.checkout.domain.order_values import OrderStatus, Payment


class PaymentStatus(StrEnum):
    """How far the money of an order is. `cancelled`: nothing was taken, and nothing will be."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"


class FulfilmentStatus(StrEnum):
    """How far the pieces of an order are. `not_needed`: nothing of it is to be sent."""

    UNFULFILLED = "unfulfilled"
    PARTLY_FULFILLED = "partly_fulfilled"
    FULFILLED = "fulfilled"
    PARTLY_RETURNED = "partly_returned"
    RETURNED = "returned"
    NOT_NEEDED = "not_needed"


class Life(StrEnum):
    """Whether an order is worked on. `archived`: staff have put it away."""

    OPEN = "open"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"


class Progress(msgspec.Struct, frozen=True):
    """Pieces cancelled, fulfilled and returned; minor units refunded and on their way back; open disputes."""

    cancelled: int = 0
    fulfilled: int = 0
    returned: int = 0
    refunded: int = 0
    refund_pending: int = 0
    disputes: int = 0
    archived: bool = False


def payment_status(payment: Payment, total: int, progress: Progress) -> PaymentStatus:
    """An open dispute comes first, as the money is in question; a refund counts once the provider has accepted it."""
    if progress.disputes:
        return PaymentStatus.DISPUTED
    if payment is Payment.CAPTURED:
        if progress.refunded == 0:
            return PaymentStatus.PAID
        return PaymentStatus.REFUNDED if progress.refunded >= total else PaymentStatus.PARTLY_REFUNDED
    if payment is Payment.AUTHORISED:
        return PaymentStatus.AUTHORISED
    return PaymentStatus.CANCELLED if payment is Payment.CANCELLED else PaymentStatus.PENDING


def fulfilment_status(ordered: int, progress: Progress, *, ships: bool) -> FulfilmentStatus:
    """`ordered`: pieces. Cancelled ones are not waited for. `ships`: whether anything in the order is sent by post."""
    expected = ordered - progress.cancelled
    if progress.returned:
        back = progress.returned >= progress.fulfilled and progress.fulfilled >= expected
        return FulfilmentStatus.RETURNED if back else FulfilmentStatus.PARTLY_RETURNED
    if progress.fulfilled:
        return FulfilmentStatus.FULFILLED if progress.fulfilled >= expected else FulfilmentStatus.PARTLY_FULFILLED
    return FulfilmentStatus.UNFULFILLED if ships and expected > 0 else FulfilmentStatus.NOT_NEEDED


def life(status: OrderStatus, ordered: int, progress: Progress) -> Life:
    """Cancelled: it ended unpaid, or all of its pieces were cancelled afterwards."""
    if progress.archived:
        return Life.ARCHIVED
    cancelled = status is OrderStatus.CANCELLED or progress.cancelled >= ordered
    return Life.CANCELLED if cancelled else Life.OPEN
