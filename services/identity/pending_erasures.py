"""SQL of erasures that have not begun, or have not ended, as far as the rest of identity asks for them."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx, WriteTx


async def undo(tx: WriteTx, account_id: UUID) -> bool:
    """Take back an erasure that has not begun; whether there was one. The account's row is locked by whoever calls."""
    return await tx.execute("delete from erasures where account_id = $1 and begun_at is null", account_id) == 1


async def has_begun(tx: ReadTx, account_id: UUID) -> bool:
    """Whether the erasure of an account has begun: it stays locked."""
    sql = "select exists (select from erasures where account_id = $1 and begun_at is not null)"
    return bool(await tx.value(sql, account_id))
