"""A refund and its states."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class RefundStatus(StrEnum):
    """How far a refund is. `requested`: the provider has not accepted it yet. A refunded one may fail later."""

    REQUESTED = "requested"
    REFUNDED = "refunded"
    FAILED = "failed"


class RefundReason(StrEnum):
    """Why money goes back: for the provider, and for staff."""

    REQUESTED_BY_CUSTOMER = "requested_by_customer"
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    OTHER = "other"


class Origin(StrEnum):
    """Who asked the provider for it: this shop, or somebody in the provider's dashboard."""

    SHOP = "shop"
    PROVIDER = "provider"


class StoredLine(msgspec.Struct, frozen=True):
    """A refund's share of a line. `cancelled`: pieces that it cancelled; `restock`: they went back on the shelf."""

    position: int
    quantity: int
    gross: int
    tax: int
    discount: int = 0
    cancelled: int = 0
    restock: bool = False

    @property
    def net(self) -> int:
        """Without tax."""
        return self.gross - self.tax


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money that goes back. Minor units of the order's currency; `tax`: all of it, that of shipping included."""

    id: UUID
    order_id: UUID
    origin: Origin = Origin.SHOP
    status: RefundStatus = RefundStatus.REQUESTED
    amount: int
    goods: int
    shipping: int
    adjustment: int
    tax: int
    shipping_tax: int
    reason: RefundReason = RefundReason.OTHER
    note: str | None = None
    failure: str | None = None
    cancellation_id: UUID | None = None
    created_by: UUID | None = None
    created_at: datetime
    accepted_at: datetime | None = None
    failed_at: datetime | None = None
    lines: list[StoredLine] = []

    @property
    def pieces(self) -> dict[int, int]:
        """Pieces by the position of their line."""
        return {line.position: line.quantity for line in self.lines if line.quantity}
