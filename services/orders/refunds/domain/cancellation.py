"""Pieces that staff cancelled after the payment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class CancelReason(StrEnum):
    """Why pieces are not sent."""

    CUSTOMER = "customer"
    OUT_OF_STOCK = "out_of_stock"
    FRAUD = "fraud"
    PAYMENT = "payment"
    OTHER = "other"


class CancelledLine(msgspec.Struct, frozen=True):
    """So many pieces of a line."""

    position: int
    quantity: int


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces that are not sent any more. `restock`: they went back on the shelf."""

    id: UUID
    order_id: UUID
    reason: CancelReason
    note: str | None
    restock: bool
    lines: list[CancelledLine]
    created_by: UUID
    created_at: datetime
