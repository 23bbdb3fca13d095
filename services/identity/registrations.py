"""SQL of registrations: requests for an account whose address is not confirmed yet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from chassis.web import mailbox_of

LIFETIME_SECONDS = 86_400
# The most mails to one mailbox, by any client and in any spelling. Rows are kept for as long as they count.
MAILS_PER_HOUR = 3
MAILS_PER_DAY = 10
_LOCK = 0x72656769  # serialises the counting of one mailbox's registrations
# The mailbox of a row's address: the same as chassis.web.mailbox_of, and as the indexes.
MAILBOX = """
(replace(split_part(split_part(email, '@', 1), '+', 1), '.', '') || '@' || split_part(email, '@', 2))
"""


class Registration(msgspec.Struct, frozen=True):
    """A registration that has not expired. `taken`: its address has an account."""

    id: UUID
    email: str
    created_at: datetime
    mailed: bool
    used: bool
    taken: bool
    language: str | None


async def insert(tx: WriteTx, email: str, language: str | None = None) -> UUID | None:
    """The id of a new registration; None where its mailbox has had its most mails."""
    mailbox = mailbox_of(email)
    await tx.value("select pg_advisory_xact_lock($1, hashtext($2))", _LOCK, mailbox)
    sql = f"""
    insert into registrations (email, expires_at, language)
    select $1, now() + make_interval(secs => $2), $6
    from (
        select count(*) filter (where created_at > now() - interval '1 hour') as of_an_hour, count(*) as of_a_day
        from registrations where {MAILBOX} = $5 and created_at > now() - interval '1 day'
    ) sent
    where of_an_hour < $3 and of_a_day < $4
    returning id
    """
    limits = (MAILS_PER_HOUR, MAILS_PER_DAY)
    found: UUID | None = await tx.value(sql, email, float(LIFETIME_SECONDS), *limits, mailbox, language)
    return found


async def live(tx: ReadTx, registration_id: UUID) -> Registration | None:
    """The registration, unless it has expired."""
    sql = """
    select r.id, r.email, r.created_at, r.mailed_at is not null as mailed, r.used_at is not null as used,
           a.id is not null as taken, coalesce(a.language, r.language) as language
    from registrations r left join accounts a on a.email = r.email where r.id = $1 and r.expires_at > now()
    """
    return await tx.row(Registration, sql, registration_id)


async def use(tx: WriteTx, registration_id: UUID) -> bool:
    """Mark it as used. Whether it was neither used nor expired."""
    sql = "update registrations set used_at = now() where id = $1 and used_at is null and expires_at > now()"
    return await tx.execute(sql, registration_id) == 1


async def mark_mailed(tx: WriteTx, registration_id: UUID) -> None:
    """Mark its mail as sent."""
    await tx.execute("update registrations set mailed_at = now() where id = $1", registration_id)


async def delete_from_before(tx: WriteTx, moment: datetime, most: int) -> int:
    """Delete at most so many that were made by a moment; how many there were."""
    sql = """
    delete from registrations where id = any(array(
        select id from registrations where created_at <= $1 limit $2 for update skip locked
    ))
    """
    return await tx.execute(sql, moment, most)


async def delete_expired(tx: WriteTx, most: int) -> int:
    """Delete at most so many expired ones; how many there were."""
    sql = """
    delete from registrations where id = any(array(
        select id from registrations where expires_at < now() order by expires_at limit $1 for update skip locked
    ))
    """
    return await tx.execute(sql, most)
