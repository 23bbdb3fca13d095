"""Cancellations by staff after the payment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from orders.refunds.domain.cancellation import Cancellation

_COLUMNS = "id, order_id, reason, note, restock, lines, created_by, created_at"
_ADD = """
insert into cancellations (id, order_id, reason, note, restock, lines, created_by)
values ($1, $2, $3, $4, $5, $6, $7) returning created_at
"""


async def find(tx: ReadTx, cancellation_id: UUID) -> Cancellation | None:
    """The cancellation with this id."""
    return await tx.row(_cancellation, f"select {_COLUMNS} from cancellations where id = $1", cancellation_id)


async def of_order(tx: ReadTx, order_id: UUID) -> list[Cancellation]:
    """All of an order, oldest first."""
    return await tx.rows(
        _cancellation, f"select {_COLUMNS} from cancellations where order_id = $1 order by id", order_id
    )


async def add(tx: WriteTx, new: Cancellation) -> Cancellation:
    """Write a cancellation; with the time of the database."""
    lines = [msgspec.structs.asdict(line) for line in new.lines]
    row = (new.id, new.order_id, new.reason.value, new.note, new.restock, lines, new.created_by)
    return msgspec.structs.replace(new, created_at=await tx.value(_ADD, *row))


def _cancellation(**columns: Any) -> Cancellation:
    return msgspec.convert(columns, Cancellation, strict=False)
