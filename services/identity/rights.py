"""Who may do what at this moment, read from the database: live sessions, administrators, locked accounts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

from chassis import outbox
from chassis.auth import GRANTABLE, Principal, refusal
from chassis.db import ReadTx, WriteTx
from chassis.problems import Forbidden, NotFound
from chassis.sessions.live import LiveSession
from identity import store
from identity.domain.roles import scopes_of
from identity.events import AccountRightsChanged
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
    select account_id, session_version, roles, {store.OWN_SCOPES}
    from sessions join accounts on accounts.id = account_id
    where sessions.id = $1 and status = 'active' and {_LIVES}
    """
    return await tx.row(_live, sql, session_id)


def _live(account_id: UUID, session_version: int, roles: list[str], own_scopes: list[str]) -> LiveSession:
    return LiveSession(account_id, session_version, scopes_of(roles).union(own_scopes))


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


async def authorise(tx: WriteTx, who: Principal, *scopes: str) -> Account:
    """The actor's account, which is live, as its session is, and has these scopes; both rows stay locked.
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
    if not account.scopes.issuperset(scopes):
        raise Forbidden(f"This needs the permission {' '.join(scopes)}.")
    return account


def refuse_beyond(actor: Account, *scopes: Iterable[str]) -> None:
    """Check that the actor has all of these scopes that can be given: nobody gives or takes what they do not have.

    Raises:
        Forbidden: it names what they lack.
    """
    lacking = sorted(GRANTABLE.intersection(set[str]().union(*scopes)) - actor.scopes)
    if lacking:
        raise Forbidden(f"You lack {' '.join(lacking)} yourself. Ask somebody who has it.")


async def lock_target(
    tx: WriteTx,
    who: Principal,
    account_id: UUID,
    *,
    roles: list[str] | None = None,
    scopes: Iterable[str] = (),
    status: str | None = None,
) -> Account:
    """The account to which `who` gives these roles or this status, locked, while no other change of rights runs.
    `scopes`: what the roles allow.

    Raises:
        LastAdmin: no administrator would be left. NotFound. As `authorise`.
        Forbidden: `who` lacks a scope that the account has or would have.
    """
    await lock_changes(tx)
    account = await store.lock_account(tx, account_id)
    if account is not None and not _is_admin(account.roles if roles is None else roles, status or account.status):
        await refuse_last_admin(tx, account)
    actor = await authorise(tx, who, "accounts:write")
    if account is None:
        raise NotFound("There is no such account.")
    refuse_beyond(actor, account.scopes, scopes)
    return account


async def refuse_last_admin(tx: ReadTx, account: Account) -> None:
    """Check that an administrator is left without this account. It stays so only while `lock_changes` is held.

    Raises:
        LastAdmin.
    """
    if _is_admin(account.roles, account.status) and not await other_admins(tx, account.id):
        raise LastAdmin("Make somebody else an administrator first.")


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


async def tell_changed(tx: WriteTx, account_ids: list[UUID]) -> None:
    """Publish what these accounts may do now; `tx` holds their rows.

    After the events of the sessions that end for it: who reads this knows that no token of before is good any more.
    """
    sql = f"""
    with changed as (update accounts set version = version + 1 where id = any($1) returning *)
    select id, version, roles, status, {store.OWN_SCOPES.replace("accounts.", "changed.")} from changed order by id
    """
    for account in await tx.rows(_Changed, sql, account_ids):
        event = AccountRightsChanged(account_id=account.id, scopes=sorted(account.allowed))
        await outbox.publish(tx, "account", account.id, account.version, event)


class _Changed(msgspec.Struct, frozen=True):
    id: UUID
    version: int
    roles: list[str]
    status: str
    own_scopes: list[str]

    @property
    def allowed(self) -> frozenset[str]:
        """A locked one may do nothing."""
        return scopes_of(self.roles).union(self.own_scopes) if self.status == "active" else frozenset()


async def is_own_session(tx: ReadTx, account_id: UUID, session_id: UUID) -> bool:
    """Whether it is a session of this account that has not ended."""
    sql = "select true from sessions where id = $1 and account_id = $2 and ended_at is null"
    return bool(await tx.value(sql, session_id, account_id))
