"""Pieces that go back on the shelf: asked for with their cause, done by a job."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from orders.quantities import VariantQuantity

_ASK = "insert into restocks (id, order_id, lines) values ($1, $2, $3) on conflict (id) do nothing"
_OPEN = "select id, order_id, lines from restocks where id = $1 and done_at is null"
_DONE = "update restocks set done_at = now(), unknown = $2 where id = $1 and done_at is null"


class Restock(msgspec.Struct, frozen=True):
    """What goes back of an order."""

    id: UUID
    order_id: UUID
    lines: list[VariantQuantity]


async def ask(tx: WriteTx, restock_id: UUID, order_id: UUID, lines: Sequence[VariantQuantity]) -> bool:
    """Note that these pieces go back; False: it was asked for before."""
    rows = [{"variant_id": str(line.variant_id), "quantity": line.quantity} for line in lines]
    return await tx.execute(_ASK, restock_id, order_id, rows) == 1


async def unfinished(tx: ReadTx, restock_id: UUID) -> Restock | None:
    """The restock, while it is not done."""

    def restock(**columns: object) -> Restock:
        return msgspec.convert(columns, Restock, strict=False)

    return await tx.row(restock, _OPEN, restock_id)


async def done(tx: WriteTx, restock_id: UUID, unknown: Sequence[UUID]) -> bool:
    """Note that the catalog has them; False: that was noted before."""
    return await tx.execute(_DONE, restock_id, list(unknown)) == 1
