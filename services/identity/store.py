"""SQL of accounts and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from chassis import outbox
from chassis.db import ReadTx, WriteTx
from identity.domain.refresh import SessionState
from identity.domain.roles import scopes_of
from identity.events import AccountRegistered, SessionEnded

# What roles of the store itself (identity.own_roles) allow.
OWN_SCOPES = "array(select distinct unnest(scopes) from own_roles where name = any(accounts.roles)) as own_scopes"
ACCOUNT = f"id, email, name, language, roles, status, created_at, session_version, device_epoch, {OWN_SCOPES}"
CREDENTIALS = """
select id, password_hash, status, session_version, exists(
    select from second_factors where account_id = accounts.id and confirmed_at is not null
) as second_factor
from accounts
"""


class Account(msgspec.Struct, frozen=True):
    """An account without its password."""

    id: UUID
    email: str
    name: str | None
    language: str | None
    roles: list[str]
    status: str
    created_at: datetime
    session_version: int
    device_epoch: int
    own_scopes: list[str]

    @property
    def scopes(self) -> frozenset[str]:
        """What its roles allow together."""
        return scopes_of(self.roles).union(self.own_scopes)


class Credentials(msgspec.Struct, frozen=True):
    """The fields of an account that a sign-in is checked against."""

    id: UUID
    password_hash: str
    status: str
    session_version: int
    second_factor: bool


class Session(msgspec.Struct, frozen=True):
    """A live session, as its owner sees it."""

    id: UUID
    user_agent: str | None
    created_at: datetime
    last_used_at: datetime
    absolute_until: datetime


@dataclass(frozen=True, slots=True)
class LockedSession(SessionState):
    """The locked row of a session."""

    id: UUID
    account_id: UUID
    staff: bool
    proved_at: datetime
    second_factor: bool


async def insert_account(
    tx: WriteTx, email: str, name: str | None, password_hash: str, roles: list[str], language: str | None = None
) -> Account:
    """A new account, and its event.

    Raises:
        asyncpg.UniqueViolationError: accounts_email_once.
    """
    sql = f"""
    insert into accounts (email, name, password_hash, roles, language, version)
    values ($1, $2, $3, $4, $5, 1) returning {ACCOUNT}
    """
    account = await tx.row(Account, sql, email, name, password_hash, roles, language)
    assert account is not None  # noqa: S101 -- an insert returns its row
    await outbox.publish(tx, "account", account.id, 1, AccountRegistered(account_id=account.id))
    return account


async def account(tx: ReadTx, account_id: UUID) -> Account | None:
    """The account with this id."""
    return await tx.row(Account, f"select {ACCOUNT} from accounts where id = $1", account_id)


async def lock_account(tx: WriteTx, account_id: UUID) -> Account | None:
    """The account with this id, its row locked until the end of `tx`."""
    return await tx.row(Account, f"select {ACCOUNT} from accounts where id = $1 for update", account_id)


async def credentials(tx: ReadTx, email: str) -> Credentials | None:
    """The account with this address, with the hash of its password."""
    return await tx.row(Credentials, f"{CREDENTIALS} where email = $1", email)


async def replace_password_hash(tx: WriteTx, account_id: UUID, old: str, new: str) -> None:
    """Replace the hash if it is still the one that was verified."""
    await tx.execute(
        "update accounts set password_hash = $3 where id = $1 and password_hash = $2", account_id, old, new
    )


async def set_rights(tx: WriteTx, account: Account, *, roles: list[str] | None = None, status: str = "") -> Account:
    """The locked account with other roles or another status; tokens given out before are of an older version."""
    sql = f"""
    update accounts set roles = $2, status = $3, session_version = session_version + 1 where id = $1
    returning {ACCOUNT}
    """
    roles = account.roles if roles is None else roles
    changed = await tx.row(Account, sql, account.id, roles, status or account.status)
    assert changed is not None  # noqa: S101 -- its row is locked
    return changed


async def add_role(tx: WriteTx, account_id: UUID, role: str) -> None:
    """Give the account one more role; tokens given out before are of an older version."""
    sql = """
    update accounts set roles = array(select distinct unnest(roles || $2::text)), session_version = session_version + 1
    where id = $1
    """
    await tx.execute(sql, account_id, role)


async def insert_session(
    tx: WriteTx, session_id: UUID, owner: Account, token_hash: bytes, lifetimes: tuple[int, int], *, staff: bool,
    user_agent: str | None, second_factor: bool,
) -> datetime:  # fmt: skip
    """When it began. `lifetimes`: idle and absolute, in seconds."""
    sql = """
    insert into sessions (id, account_id, current_hash, staff, user_agent, second_factor, idle_until, absolute_until)
    values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7), now() + make_interval(secs => $8))
    returning created_at
    """
    begun: datetime = await tx.value(
        sql, session_id, owner.id, token_hash, staff, user_agent, second_factor, *map(float, lifetimes)
    )
    return begun


async def lock_session(tx: WriteTx, session_id: UUID) -> LockedSession | None:
    """The session's row, locked until the end of `tx`."""
    sql = """
    select id, account_id, staff, generation, current_hash, parent_hash, rotated_at,
           ended_at is not null as ended, now() >= least(idle_until, absolute_until) as expired,
           clock_timestamp() as now, coalesce(proved_at, created_at) as proved_at, second_factor
    from sessions where id = $1 for update
    """
    return await tx.row(LockedSession, sql, session_id)


async def rotate(tx: WriteTx, session: LockedSession, child_hash: bytes, idle_seconds: int) -> None:
    """Make the child the current token. `replays` is for replicas of the version before, which count them.

    debt(session-replays): the column goes once no replica of that version can run.
    """
    sql = """
    update sessions
    set generation = generation + 1, parent_hash = current_hash, current_hash = $2, rotated_at = clock_timestamp(),
        replays = 0, last_used_at = now(), idle_until = now() + make_interval(secs => $3)
    where id = $1
    """
    await tx.execute(sql, session.id, child_hash, float(idle_seconds))


async def end_sessions(tx: WriteTx, ids: list[UUID], reason: str) -> int:
    """End these, locked in the order of their ids, and publish an event for each that was live. How many were."""
    if not ids:
        return 0
    sql = """
    with doomed as (select id from sessions where id = any($1) and ended_at is null order by id for update)
    update sessions set ended_at = now(), end_reason = $2 from doomed where sessions.id = doomed.id
    returning sessions.id, account_id
    """
    ended = await tx.rows(_Ended, sql, ids, reason)
    for session in ended:
        event = SessionEnded(session_id=session.id, account_id=session.account_id, reason=reason)
        await outbox.publish(tx, "session", session.id, 1, event)
    return len(ended)


class _Ended(msgspec.Struct):
    id: UUID
    account_id: UUID


async def sessions_from_before(tx: ReadTx, moment: datetime, most: int) -> list[UUID]:
    """At most so many sessions that began by a moment and have not ended."""
    sql = """
    select coalesce(array_agg(id), '{}') from (
        select id from sessions where ended_at is null and created_at <= $1 order by account_id, id limit $2
    ) found
    """
    ids: list[UUID] = await tx.value(sql, moment, most)
    return ids


async def live_sessions(tx: ReadTx, account_id: UUID) -> list[Session]:
    """Newest first."""
    sql = """
    select id, user_agent, created_at, last_used_at, absolute_until from sessions
    where account_id = $1 and ended_at is null and now() < least(idle_until, absolute_until) order by id desc
    """
    return await tx.rows(Session, sql, account_id)


async def sessions_beyond(tx: ReadTx, account_id: UUID, allowed: int) -> list[UUID]:
    """The oldest live ones above the allowed number."""
    sql = """
    select array(select id from sessions where account_id = $1 and ended_at is null order by id desc offset $2)
    """
    ids: list[UUID] = await tx.value(sql, account_id, allowed)
    return ids


async def prune_sessions(tx: WriteTx, most: int) -> int:
    """Delete at most so many of those that ended or ran out 30 days ago."""
    sql = """
    delete from sessions where id in (
      select id from sessions where absolute_until < now() - interval '30 d' or ended_at < now() - interval '30 d'
      limit $1
    )
    """
    return await tx.execute(sql, most)
