"""SQL of mails about accounts, and of their links."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from chassis.web import mailbox_of
from identity.account_mails import LIFETIMES, Kind
from identity.registrations import MAILBOX, MAILS_PER_DAY, MAILS_PER_HOUR

_LOCK = 0x6D61696C  # serialises the counting of one mailbox's mails


class AccountMail(msgspec.Struct, frozen=True):
    """A mail whose time is not over. `owned`: an account that is not locked has its address; `owned_by`: which one.
    `language`: that of this account's mails, else of the one that the mail is about.
    """

    id: UUID
    kind: str
    email: str
    account_id: UUID | None
    created_at: datetime
    mailed: bool
    ended: bool
    owned: bool
    owned_by: UUID | None
    language: str | None


async def insert_counted(tx: WriteTx, kind: Kind, email: str, account_id: UUID | None = None) -> UUID | None:
    """The id of a new mail that anybody can cause; None where its mailbox has had its most mails of this kind."""
    mailbox = mailbox_of(email)
    await tx.value("select pg_advisory_xact_lock($1, hashtext($2))", _LOCK, mailbox)
    # now() is when the transaction began: another one may have written since, while this one waited for the lock.
    sql = f"""
    insert into account_mails (kind, email, account_id, created_at, expires_at)
    select $1, $2, $3, statement_timestamp(), statement_timestamp() + make_interval(secs => $4)
    from (
        select count(*) filter (where created_at > statement_timestamp() - interval '1 hour') as of_an_hour,
               count(*) as of_a_day
        from account_mails
        where {MAILBOX} = $7 and kind = $1 and created_at > statement_timestamp() - interval '1 day'
    ) sent
    where of_an_hour < $5 and of_a_day < $6
    returning id
    """
    limits = (MAILS_PER_HOUR, MAILS_PER_DAY)
    found: UUID | None = await tx.value(sql, kind, email, account_id, float(LIFETIMES[kind]), *limits, mailbox)
    return found


async def live(tx: ReadTx, mail_id: UUID) -> AccountMail | None:
    """The mail, unless its time is over."""
    sql = """
    select m.id, m.kind, m.email, m.account_id, m.created_at, m.mailed_at is not null as mailed,
           m.ended_at is not null as ended, coalesce(a.status = 'active', false) as owned, a.id as owned_by,
           coalesce(a.language, whose.language) as language
    from account_mails m left join accounts a on a.email = m.email left join accounts whose on whose.id = m.account_id
    where m.id = $1 and m.expires_at > statement_timestamp()
    """
    return await tx.row(AccountMail, sql, mail_id)


async def use(tx: WriteTx, mail_id: UUID) -> bool:
    """Mark its link as used. Whether it was good until now."""
    sql = """
    update account_mails set ended_at = statement_timestamp()
    where id = $1 and ended_at is null and expires_at > statement_timestamp()
    """
    return await tx.execute(sql, mail_id) == 1


async def mark_mailed(tx: WriteTx, mail_id: UUID) -> None:
    """Mark it as sent."""
    await tx.execute("update account_mails set mailed_at = statement_timestamp() where id = $1", mail_id)


async def end_wishes(tx: WriteTx, account_id: UUID, email: str) -> None:
    """Make the links for a new password and a new address of an account invalid, whose row is locked and which has this
    address. Ways back to an address of before stay good.
    """
    sql = """
    with doomed as (
        select id from account_mails
        where ended_at is null and (account_id = $1 and kind = 'email_confirmation'
              or email = $2 and kind = 'password_reset')
        order by id for update
    )
    update account_mails set ended_at = statement_timestamp() from doomed where account_mails.id = doomed.id
    """
    await tx.execute(sql, account_id, email)


async def end_confirmations(tx: WriteTx, account_id: UUID) -> None:
    """Make the link for a new address of an account invalid, whose row is locked."""
    sql = """
    update account_mails set ended_at = statement_timestamp()
    where account_id = $1 and kind = 'email_confirmation' and ended_at is null
    """
    await tx.execute(sql, account_id)


async def end_ways_back_since(tx: WriteTx, account_id: UUID, moment: datetime) -> None:
    """Make the ways back invalid that were mailed at this moment or later, for an account whose row is locked. Who took
    an account over and changed its address twice has one of them.
    """
    sql = """
    update account_mails set ended_at = statement_timestamp()
    where account_id = $1 and kind = 'email_changed' and ended_at is null and created_at >= $2
    """
    await tx.execute(sql, account_id, moment)


async def delete_from_before(tx: WriteTx, moment: datetime, most: int) -> int:
    """Delete at most so many that were made by a moment; how many there were."""
    sql = """
    delete from account_mails where id = any(array(
        select id from account_mails where created_at <= $1 limit $2 for update skip locked
    ))
    """
    return await tx.execute(sql, moment, most)


async def delete_expired(tx: WriteTx, most: int) -> int:
    """Delete at most so many that expired a day ago, and so count no more; how many there were."""
    sql = """
    delete from account_mails where id = any(array(
        select id from account_mails where expires_at < now() - interval '1 day'
        order by expires_at limit $1 for update skip locked
    ))
    """
    return await tx.execute(sql, most)
