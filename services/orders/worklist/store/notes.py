"""SQL of notes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

MOST = 100
# The first place that is free; none where all are taken.
_ADD = f"""
insert into order_notes (id, order_id, place, body, author, written_at)
select $1, $2, place, $3, $4, statement_timestamp() from generate_series(1, {MOST}) as place
where place not in (select n.place from order_notes n where n.order_id = $2) order by place limit 1
returning id, body, author, written_at
"""
_COLUMNS = "id, body, author, written_at"


class Note(msgspec.Struct, frozen=True):
    """What somebody of the staff wrote about an order."""

    id: UUID
    body: str
    author: UUID
    written_at: datetime


async def add(tx: WriteTx, note_id: UUID, order_id: UUID, body: str, author: UUID) -> Note | None:
    """The new note; None where the order has as many as it can. The caller holds the order's lock."""
    return await tx.row(Note, _ADD, note_id, order_id, body, author)


async def find(tx: ReadTx, order_id: UUID, note_id: UUID) -> Note | None:
    """One note of an order."""
    sql = f"select {_COLUMNS} from order_notes where id = $2 and order_id = $1"
    return await tx.row(Note, sql, order_id, note_id)


async def of_order(tx: ReadTx, order_id: UUID) -> list[Note]:
    """The notes of an order, oldest first."""
    return await tx.rows(
        Note, f"select {_COLUMNS} from order_notes where order_id = $1 order by written_at, id", order_id
    )


async def delete(tx: WriteTx, note_id: UUID) -> None:
    """Delete a note."""
    await tx.execute("delete from order_notes where id = $1", note_id)
