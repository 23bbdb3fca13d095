"""The kinds of mails about an account, for how long their links are good, and the job that sends one.

It is beside the rooms: several of them tell people what has happened to their accounts.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec

from chassis.db import WriteTx
from chassis.jobs import enqueue_many
from chassis.mail import SmtpSender
from identity.context import IdentityContext

MAIL = "identity.account_mail"
_HOUR = 3_600


class Kind(StrEnum):
    """What a mail is about."""

    PASSWORD_RESET = "password_reset"  # noqa: S105 -- the name of a kind
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- the name of a kind
    EMAIL_CONFIRMATION = "email_confirmation"
    EMAIL_CHANGED = "email_changed"
    ERASURE_ASKED = "erasure_asked"
    ERASURE_WAITS = "erasure_waits"
    EXPORT_READY = "export_ready"
    FACTOR_SET_UP = "factor_set_up"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODES_DRAWN = "recovery_codes_drawn"


# Seconds. Whoever reads a mailbox has the account while a link of it is good: the way back alone needs days, for people
# who do not read mail daily. A mail without a link is sent within the day or not at all.
LIFETIMES = {
    Kind.PASSWORD_RESET: _HOUR,
    Kind.PASSWORD_CHANGED: 24 * _HOUR,
    Kind.EMAIL_CONFIRMATION: 24 * _HOUR,
    Kind.EMAIL_CHANGED: 7 * 24 * _HOUR,
    Kind.ERASURE_ASKED: 24 * _HOUR,
    Kind.ERASURE_WAITS: 24 * _HOUR,
    Kind.EXPORT_READY: 24 * _HOUR,
    Kind.FACTOR_SET_UP: 24 * _HOUR,
    Kind.FACTOR_REMOVED: 24 * _HOUR,
    Kind.RECOVERY_CODES_DRAWN: 24 * _HOUR,
}


class AccountMailJob(msgspec.Struct, frozen=True):
    """The payload of a job that sends a mail about an account."""

    mail_id: UUID


async def insert(tx: WriteTx, kind: Kind, email: str, account_id: UUID) -> UUID:
    """The id of a new mail about what has happened to an account."""
    sql = """
    insert into account_mails (kind, email, account_id, created_at, expires_at)
    values ($1, $2, $3, statement_timestamp(), statement_timestamp() + make_interval(secs => $4)) returning id
    """
    made: UUID = await tx.value(sql, kind, email, account_id, float(LIFETIMES[kind]))
    return made


async def tell(ctx: IdentityContext, tx: WriteTx, kind: Kind, email: str, account_id: UUID) -> None:
    """Mail the owner of an account at this address, after the commit."""
    await ctx.jobs.enqueue(tx, MAIL, AccountMailJob(await insert(tx, kind, email, account_id)))


async def tell_if_possible(ctx: IdentityContext, tx: WriteTx, kind: Kind, email: str, account_id: UUID) -> None:
    """As `tell`, of what a store without mail does, too."""
    if ctx.get(SmtpSender).configured:
        await tell(ctx, tx, kind, email, account_id)


async def tell_by_workers(tx: WriteTx, kind: Kind, email: str, account_id: UUID) -> None:
    """As `tell`, from a command, which has no context: the workers of the service send it."""
    await enqueue_many(tx, MAIL, [AccountMailJob(await insert(tx, kind, email, account_id))])
