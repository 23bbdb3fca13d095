"""What is stored of an order's state, each a column."""

from __future__ import annotations

from enum import StrEnum


class OrderStatus(StrEnum):
    """Where an order stands. `paid` and `cancelled` are its ends."""

    PLACED = "placed"
    PENDING_PAYMENT = "pending_payment"
    AUTHORISED = "authorised"
    STOCK_COMMITTED = "stock_committed"
    PAID = "paid"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


class Payment(StrEnum):
    """What is known of the order's payment. `none`: only the first try may ask for one; `unknown`: others may have."""

    NONE = "none"
    UNKNOWN = "unknown"
    OPEN = "open"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    CANCELLED = "cancelled"


class Stock(StrEnum):
    """What is known of the order's reservation. `none`: nothing; there may be one."""

    NONE = "none"
    HELD = "held"
    COMMITTED = "committed"
    RELEASED = "released"


class Reason(StrEnum):
    """Why an order is cancelled."""

    OUT_OF_STOCK = "out_of_stock"
    EXPIRED = "expired"
    STOCK_LOST = "stock_lost"
    CANCELLED_BY_CUSTOMER = "cancelled_by_customer"
    PAYMENT_UNAVAILABLE = "payment_unavailable"


class Attention(StrEnum):
    """What a person must put right. Only somebody acting at the provider behind our back can bring it about."""

    STOCK_NOT_RETURNED = "stock_not_returned"
    PAID_WITHOUT_STOCK = "paid_without_stock"
    CHARGED_AFTER_CANCEL = "charged_after_cancel"
