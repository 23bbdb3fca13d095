"""Which mails have been sent."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx, WriteTx


async def sent(tx: ReadTx, order_id: UUID, kind: str) -> bool:
    sql = "select exists (select from order_mails where order_id = $1 and kind = $2)"
    return bool(await tx.value(sql, order_id, kind))


async def mark_sent(tx: WriteTx, order_id: UUID, kind: str) -> None:
    sql = "insert into order_mails (order_id, kind) values ($1, $2) on conflict do nothing"
    await tx.execute(sql, order_id, kind)
