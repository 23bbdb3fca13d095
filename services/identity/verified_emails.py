"""SQL of addresses that are known to be their owners': a link that was mailed there was followed."""

from __future__ import annotations

from uuid import UUID

from chassis import outbox
from chassis.db import ReadTx, WriteTx
from identity.events import AccountEmailVerified


async def verify_email(tx: WriteTx, account_id: UUID) -> None:
    """Its owner followed a link that was mailed to its address; the event, if that was not known before."""
    sql = """
    update accounts set email_verified_at = statement_timestamp(), version = version + 1
    where id = $1 and email_verified_at is null returning version
    """
    version: int | None = await tx.value(sql, account_id)
    if version is not None:
        await outbox.publish(tx, "account", account_id, version, AccountEmailVerified(account_id=account_id))


async def verified_email(tx: ReadTx, account_id: UUID) -> str | None:
    """The address of an account that is not locked, if a link that was mailed to it was followed."""
    sql = "select email from accounts where id = $1 and email_verified_at is not null and status = 'active'"
    found: str | None = await tx.value(sql, account_id)
    return found
