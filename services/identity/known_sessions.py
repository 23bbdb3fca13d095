"""SQL that tells whether a session, or what a browser remembers, is of the account with an address."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx


async def lives(tx: ReadTx, session_id: UUID, email: str, token_hash: bytes | None) -> bool:
    """Whether it does. `token_hash`, if given, must be of the session's refresh token or of the one before."""
    sql = """
    select exists(
        select from sessions join accounts on accounts.id = sessions.account_id
        where sessions.id = $1 and accounts.email = $2 and ended_at is null
          and now() < least(idle_until, absolute_until)
          and ($3::bytea is null or $3 in (current_hash, parent_hash))
    )
    """
    found: bool = await tx.value(sql, session_id, email, token_hash)
    return found


async def is_epoch(tx: ReadTx, email: str, epoch: int) -> bool:
    """Whether the account's devices are remembered under this number."""
    return bool(await tx.value("select true from accounts where email = $1 and device_epoch = $2", email, epoch))
