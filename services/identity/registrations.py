"""SQL of registrations: wishes for an account whose address is not confirmed yet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

LIFETIME_SECONDS = 86_400
# What one address is written at most, whoever asks for it. Rows are kept for as long as they count.
MAILS_PER_HOUR = 3
MAILS_PER_DAY = 10
_LOCK = 0x72656769  # serialises those who count one address' registrations


class Registration(msgspec.Struct, frozen=True):
    """One that has not run out. `taken`: its address has an account."""

    id: UUID
    email: str
    created_at: datetime
    mailed: bool
    used: bool
    taken: bool


async def insert(tx: WriteTx, email: str) -> UUID | None:
    """A new registration; None when its address was written to too often of late."""
    await tx.value("select pg_advisory_xact_lock($1, hashtext($2))", _LOCK, email)
    sql = """
    insert into registrations (email, expires_at)
    select $1, now() + make_interval(secs => $2)
    from (
        select count(*) filter (where created_at > now() - interval '1 hour') as of_an_hour, count(*) as of_a_day
        from registrations where email = $1 and created_at > now() - interval '1 day'
    ) sent
    where of_an_hour < $3 and of_a_day < $4
    returning id
    """
    found: UUID | None = await tx.value(sql, email, float(LIFETIME_SECONDS), MAILS_PER_HOUR, MAILS_PER_DAY)
    return found


async def live(tx: ReadTx, registration_id: UUID) -> Registration | None:
    """It, unless it has run out."""
    sql = """
    select id, email, created_at, mailed_at is not null as mailed, used_at is not null as used,
           exists(select from accounts where accounts.email = registrations.email) as taken
    from registrations where id = $1 and expires_at > now()
    """
    return await tx.row(Registration, sql, registration_id)


async def use(tx: WriteTx, registration_id: UUID) -> bool:
    """Whether it could still be used, and now is."""
    sql = "update registrations set used_at = now() where id = $1 and used_at is null and expires_at > now()"
    return await tx.execute(sql, registration_id) == 1


async def mark_mailed(tx: WriteTx, registration_id: UUID) -> None:
    await tx.execute("update registrations set mailed_at = now() where id = $1", registration_id)


async def delete_expired(tx: WriteTx, most: int) -> int:
    """Delete so many of those that have run out; how many there were."""
    sql = """
    delete from registrations where id = any(array(
        select id from registrations where expires_at < now() order by expires_at limit $1 for update skip locked
    ))
    """
    return await tx.execute(sql, most)
