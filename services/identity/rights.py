"""Who may do what at this moment, read from the database: live sessions, administrators, locked accounts."""

from __future__ import annotations

from uuid import UUID

from chassis.auth import Principal, refusal
from chassis.db import ReadTx, WriteTx
from chassis.problems import Forbidden, NotFound
from chassis.sessions.live import LiveSession
from identity import store
from identity.domain.roles import scopes_of
from identity.problems import LastAdmin
from identity.store import Account

# The sessions that ended, for chassis.sessions.revocations.
ENDED = """
select id as session_id, ended_at as at from sessions
where ended_at is not null and (ended_at, id) > ($1, $2) order by ended_at, id limit $3
"""
_LIVES = "ended_at is null and now() < least(idle_until, absolute_until)"
_CHANGES = 0x72696768  # any constant: the advisory lock of changes of rights


async def live_session(tx: ReadTx, session_id: UUID) -> LiveSession | None:
    """The session, if it is live and its account active."""
    sql = f"""
    select account_id, session_version, roles from sessions join accounts on accounts.id = account_id
    where sessions.id = $1 and status = 'active' and {_LIVES}
    """
    return await tx.row(_live, sql, session_id)


def _live(account_id: UUID, session_version: int, roles: list[str]) -> LiveSession:
    return LiveSession(account_id, session_version, scopes_of(roles))


async def lives(tx: ReadTx, session_id: UUID, email: str, token_hash: bytes | None) -> bool:
    """Whether the session is live and of the account with this address. `token_hash`, if given, must be of the
    session's refresh token or of the one before.
    """
    sql = f"""
    select exists(
        select from sessions join accounts on accounts.id = sessions.account_id
        where sessions.id = $1 and accounts.email = $2 and {_LIVES}
          and ($3::bytea is null or $3 in (current_hash, parent_hash))
    )
    """
    return bool(await tx.value(sql, session_id, email, token_hash))


async def is_device_epoch(tx: ReadTx, email: str, epoch: int) -> bool:
    """Whether this is the epoch of the account's device cookies (identity.domain.devices)."""
    return bool(await tx.value("select true from accounts where email = $1 and device_epoch = $2", email, epoch))


async def lock_changes(tx: WriteTx) -> None:
    """Allow one change of rights at a time, so that two administrators cannot demote each other at once."""
    await tx.value("select pg_advisory_xact_lock($1)", _CHANGES)


async def authorise(tx: WriteTx, who: Principal, *scopes: str) -> None:
    """Check that the actor's account and session are live and have these scopes; both rows stay locked until `tx` ends.
    The token alone does not show it: it stays valid for some minutes after its session has ended.

    Raises:
        chassis.problems.Unauthenticated: the session is over, or the account is locked or has other roles by now.
        Forbidden.
    """
    account = await store.lock_account(tx, who.account_id)
    if account is None or account.status != "active" or account.session_version != who.session_version:
        raise refusal("person", "revoked")
    sql = f"select true from sessions where id = $1 and account_id = $2 and {_LIVES} for update"
    if not await tx.value(sql, who.session_id, who.account_id):
        raise refusal("person", "revoked")
    if not scopes_of(account.roles).issuperset(scopes):
        raise Forbidden(f"This needs the permission {' '.join(scopes)}.")


async def lock_target(
    tx: WriteTx, who: Principal, account_id: UUID, *, roles: list[str] | None = None, status: str | None = None
) -> Account:
    """The account to which `who` gives these roles or this status, locked, while no other change of rights runs.

    Raises:
        LastAdmin: no administrator would be left. NotFound. As `authorise`.
    """
    await lock_changes(tx)
    account = await store.lock_account(tx, account_id)
    if account is not None and _is_admin(account.roles, account.status):
        stays = _is_admin(account.roles if roles is None else roles, status or account.status)
        if not stays and not await other_admins(tx, account_id):
            raise LastAdmin("Make somebody else an administrator first.")
    await authorise(tx, who, "accounts:write")
    if account is None:
        raise NotFound("There is no such account.")
    return account


def _is_admin(roles: list[str], status: str) -> bool:
    return "admin" in roles and status == "active"


async def other_admins(tx: ReadTx, account_id: UUID) -> bool:
    """Whether another account is an administrator and not locked. It stays so only while `lock_changes` is held."""
    sql = """
    select exists (
      select from accounts
      where roles <> '{customer}' and 'admin' = any(roles) and status = 'active' and id <> $1
    )
    """
    return bool(await tx.value(sql, account_id))


async def end_all_sessions(tx: WriteTx, account_id: UUID, reason: str) -> list[UUID]:
    """End them, those that ran out too: an access token of theirs may be valid for some minutes. Their ids."""
    ids = await store.sessions_beyond(tx, account_id, 0)
    await store.end_sessions(tx, ids, reason)
    return ids


async def is_own_session(tx: ReadTx, account_id: UUID, session_id: UUID) -> bool:
    """Whether it is a session of this account that has not ended."""
    sql = "select true from sessions where id = $1 and account_id = $2 and ended_at is null"
    return bool(await tx.value(sql, session_id, account_id))
