"""Rows of discounts as what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from orders.pricing.discounts.domain.discount import Discount

Status = Literal["active", "disabled", "archived"]

AS_JSON = "to_jsonb(d) || jsonb_build_object('disabled', d.status <> 'active')"
"""SQL of a discount `d` as `of_json` reads it; `codes` may be added."""
COLUMNS = f"{AS_JSON} as discount, d.status, d.used, d.code_count, d.version, d.created_at, d.updated_at"
"""SQL of a `StoredDiscount` of the row `d`."""


@dataclass(frozen=True, slots=True)
class StoredDiscount:
    """A discount as staff see it. `used`: counted only where `max_uses` is set."""

    discount: Discount
    status: Status
    used: int
    code_count: int
    version: int
    created_at: datetime
    updated_at: datetime


def of_json(value: Any) -> Discount:
    """A discount of its row as JSON."""
    return msgspec.convert(value, Discount)


def of_row(*, discount: Any, **columns: Any) -> StoredDiscount:
    """A row of COLUMNS."""
    return StoredDiscount(discount=of_json(discount), **columns)


async def find(tx: ReadTx, discount_id: UUID) -> StoredDiscount | None:
    """A discount."""
    return await tx.row(of_row, f"select {COLUMNS} from discounts d where d.id = $1", discount_id)


async def lock(tx: WriteTx, discount_id: UUID) -> StoredDiscount | None:
    """A discount, which until `tx` ends nobody else changes or takes a use of."""
    return await tx.row(of_row, f"select {COLUMNS} from discounts d where d.id = $1 for update", discount_id)


async def hold(tx: WriteTx, discount_id: UUID) -> StoredDiscount | None:
    """A discount, which until `tx` ends nobody else changes. Orders may use it, if it has no limit in all."""
    return await tx.row(of_row, f"select {COLUMNS} from discounts d where d.id = $1 for no key update", discount_id)
