"""SQL of the language of an account's mails."""

from __future__ import annotations

from uuid import UUID

from chassis.db import WriteTx


async def set_language(tx: WriteTx, account_id: UUID, language: str | None) -> bool:
    """Set it; whether there is such an account."""
    return await tx.execute("update accounts set language = $2 where id = $1", account_id, language) == 1
