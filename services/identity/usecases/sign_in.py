"""Sign in: begin a session for an address and its password."""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

import msgspec

from chassis import audit, auth
from chassis.db import WriteTx
from chassis.values import uuid7
from identity import audits, metrics, store
from identity.context import IdentityContext
from identity.domain import refresh
from identity.domain.roles import is_staff, scopes_of
from identity.hashing import PasswordHasher
from identity.keys import SigningKeys
from identity.problems import InvalidCredentials
from identity.settings import IdentitySettings
from identity.store import Account, Credentials


class Tokens(msgspec.Struct, frozen=True):
    """The tokens of a session, with its account."""

    account: Account
    session_id: UUID
    access_token: str
    refresh_token: str
    refresh_seconds: int


async def sign_in(
    ctx: IdentityContext, email: str, password: str, *, user_agent: str | None, network: str, known: bool
) -> Tokens:
    """A new session. `known`: whether the password is verified in the places that strangers cannot fill. `network`:
    the caller's address, as limits count it.

    Raises:
        InvalidCredentials: whether the address, the password or the account is wrong is not said. Busy.
    """
    async with ctx.db.read() as tx:
        owner = await store.credentials(tx, email)
    hasher = ctx.get(PasswordHasher)
    right = await hasher.verify(owner.password_hash if owner else None, password, reserved=known)
    if owner is None or not right or owner.status != "active":
        await _refuse(ctx, owner.id if owner else None, network)
    newer = await hasher.hash(password, reserved=known) if hasher.outdated(owner.password_hash) else None
    async with ctx.db.write() as tx:
        if newer is not None:
            await store.replace_password_hash(tx, owner.id, owner.password_hash, newer)
        tokens = await _begin_session(ctx, tx, owner, user_agent)
    metrics.SIGN_INS.inc("success")
    return tokens


async def _refuse(ctx: IdentityContext, account_id: UUID | None, network: str) -> NoReturn:
    metrics.SIGN_INS.inc("failure")
    await audits.failed(ctx, account_id, network)
    raise InvalidCredentials("Check both, or make an account.")


async def _begin_session(ctx: IdentityContext, tx: WriteTx, owner: Credentials, user_agent: str | None) -> Tokens:
    """Insert the session. The account is read again, locked: it may have been disabled meanwhile, or have got another
    password, which ended all sessions of the one that was verified.
    """
    account = await store.lock_account(tx, owner.id)
    if account is None or account.status != "active" or account.session_version != owner.session_version:
        raise InvalidCredentials("Check both, or make an account.")
    staff = is_staff(account.roles)
    session_id = uuid7()
    token = refresh.make(ctx.get(SigningKeys).encryption.refresh_key, session_id, 1)
    await store.insert_session(
        tx, session_id, account, token.hash, lifetimes(ctx.settings, staff=staff), staff=staff, user_agent=user_agent
    )
    await store.end_sessions(
        tx, await store.sessions_beyond(tx, account.id, ctx.settings.sessions_per_account), "too_many"
    )
    await audit.record(tx, "session.started", audits.subject(account.id), who=audits.person(account, session_id))
    return issue_tokens(ctx, account, token, staff=staff)


def lifetimes(settings: IdentitySettings, *, staff: bool) -> tuple[int, int]:
    """Idle and absolute, in seconds."""
    if staff:
        return settings.staff_idle_seconds, settings.staff_absolute_seconds
    return settings.customer_idle_seconds, settings.customer_absolute_seconds


def issue_tokens(ctx: IdentityContext, account: Account, token: refresh.RefreshToken, *, staff: bool) -> Tokens:
    """The session's tokens: this refresh token and a new access token."""
    keys = ctx.get(SigningKeys)
    access = auth.sign_access_token(
        keys.key,
        keys.kid,
        issuer=ctx.settings.issuer,
        audience=ctx.settings.audiences,
        account_id=account.id,
        session_id=token.session_id,
        session_version=account.session_version,
        scopes=scopes_of(account.roles),
        roles=account.roles,
        lifetime=ctx.settings.access_token_seconds,
    )
    idle, _ = lifetimes(ctx.settings, staff=staff)
    return Tokens(account, token.session_id, access, token.text, idle)
