"""SQL of who may do what at this moment: sessions that ended, who is an administrator, whether an account is locked."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis.auth import Principal
from chassis.db import ReadTx, WriteTx
from identity import store
from identity.store import Account

# What chassis.sessions.revocations reads again and again.
ENDED = """
select id as session_id, ended_at as at from sessions
where ended_at is not null and (ended_at, id) > ($1, $2) order by ended_at, id limit $3
"""
_LIVES = "ended_at is null and now() < least(idle_until, absolute_until)"
_CHANGES = 0x72696768  # any constant: whoever changes somebody's rights holds this lock


class LiveSession(msgspec.Struct, frozen=True):
    """A session that goes on, of an account that is not locked."""

    account_id: UUID
    session_version: int
    roles: list[str]


async def live_session(tx: ReadTx, session_id: UUID) -> LiveSession | None:
    """The session, if it is live and its account active."""
    sql = f"""
    select account_id, session_version, roles from sessions join accounts on accounts.id = account_id
    where sessions.id = $1 and status = 'active' and {_LIVES}
    """
    return await tx.row(LiveSession, sql, session_id)


async def lock_changes(tx: WriteTx) -> None:
    """One change of rights at a time: two administrators who demote each other come one after the other."""
    await tx.value("select pg_advisory_xact_lock($1)", _CHANGES)


async def lock_actor(tx: WriteTx, who: Principal) -> Account | None:
    """The account that asks, locked with its session; None unless both are as the token says, and go on."""
    account = await store.lock_account(tx, who.account_id)
    if account is None or account.status != "active" or account.session_version != who.session_version:
        return None
    sql = f"select true from sessions where id = $1 and account_id = $2 and {_LIVES} for update"
    return account if await tx.value(sql, who.session_id, who.account_id) else None


async def other_admins(tx: ReadTx, account_id: UUID) -> bool:
    """Whether somebody else is an administrator and not locked. Sure only while `lock_changes` is held."""
    sql = """
    select exists (
      select from accounts
      where roles <> '{customer}' and 'admin' = any(roles) and status = 'active' and id <> $1
    )
    """
    return bool(await tx.value(sql, account_id))


async def set_status(tx: WriteTx, account_id: UUID, status: str) -> Account | None:
    """The account with its new status; tokens given out before are of an older version."""
    sql = "update accounts set status = $2, session_version = session_version + 1 where id = $1"
    await tx.execute(sql, account_id, status)
    return await store.account(tx, account_id)


async def end_all_sessions(tx: WriteTx, account_id: UUID, reason: str) -> list[UUID]:
    """Those that ran out too: a token of theirs may have some minutes to live. Their ids."""
    ids = await store.sessions_beyond(tx, account_id, 0)
    await store.end_sessions(tx, ids, reason)
    return ids


async def is_own_session(tx: ReadTx, account_id: UUID, session_id: UUID) -> bool:
    """Whether it is one of theirs and goes on."""
    sql = "select true from sessions where id = $1 and account_id = $2 and ended_at is null"
    return bool(await tx.value(sql, session_id, account_id))
