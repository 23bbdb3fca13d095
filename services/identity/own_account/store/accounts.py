"""SQL of the fields of an account that its owner changes. The account's row is locked by whoever calls."""

from __future__ import annotations

from uuid import UUID

from chassis.db import WriteTx


async def set_password(tx: WriteTx, account_id: UUID, new: str) -> None:
    """Give it another password; tokens and device cookies given out before are of an older version."""
    sql = """
    update accounts set password_hash = $2, session_version = session_version + 1, device_epoch = device_epoch + 1
    where id = $1
    """
    await tx.execute(sql, account_id, new)


async def set_email(tx: WriteTx, account_id: UUID, email: str) -> None:
    """Give it another address, of which nobody knows yet whose it is.

    Raises:
        asyncpg.UniqueViolationError: accounts_email_once.
    """
    sql = """
    update accounts set email = $2, email_verified_at = null, session_version = session_version + 1,
        device_epoch = device_epoch + 1
    where id = $1
    """
    await tx.execute(sql, account_id, email)
