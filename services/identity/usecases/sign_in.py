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
from identity.domain.proof import Proof
from identity.domain.roles import is_staff
from identity.hashing import PasswordHasher
from identity.keys import SigningKeys
from identity.problems import InvalidCredentials
from identity.second_factor import RIGHT, SecondFactorRequired, WrongCode, check
from identity.settings import IdentitySettings
from identity.store import Account, Credentials


class Tokens(msgspec.Struct, frozen=True):
    """The tokens of a session, with its account."""

    account: Account
    session_id: UUID
    access_token: str
    refresh_token: str
    refresh_seconds: int
    lacks_second_factor: bool = False


async def sign_in(
    ctx: IdentityContext,
    email: str,
    password: str,
    code: str | None,
    *,
    user_agent: str | None,
    network: str,
    known: bool,
) -> Tokens:
    """A new session. `code`: of the second factor, where the account has one. `known`: whether the password is
    verified in the places that strangers cannot fill. `network`: the caller's address, as limits count it.

    Raises:
        InvalidCredentials: whether the address, the password or the account is wrong is not said. Busy.
        SecondFactorRequired, WrongCode: the password is right.
    """
    async with ctx.db.read() as tx:
        owner = await store.credentials(tx, email)
    hasher = ctx.get(PasswordHasher)
    right = await hasher.verify(owner.password_hash if owner else None, password, reserved=known)
    if owner is None or not right or owner.status != "active":
        await _refuse(ctx, owner.id if owner else None, network)
    if owner.second_factor and code is None:
        await refuse_missing_code(ctx, owner.id, network, "session.started")
    newer = await hasher.hash(password, reserved=known) if hasher.outdated(owner.password_hash) else None
    async with ctx.db.write() as tx:
        if newer is not None:
            await store.replace_password_hash(tx, owner.id, owner.password_hash, newer)
        tokens = await _begin_session(ctx, tx, owner, code, user_agent)
    if tokens is None:
        await count_wrong_code(ctx, owner.id, network, "session.started")
    metrics.SIGN_INS.inc("success")
    return tokens


async def _refuse(ctx: IdentityContext, account_id: UUID | None, network: str) -> NoReturn:
    metrics.SIGN_INS.inc("failure")
    await audits.failed(ctx, account_id, network)
    raise InvalidCredentials("Check both, or make an account.")


async def refuse_missing_code(ctx: IdentityContext, account_id: UUID, network: str, action: str) -> NoReturn:
    """Record a right password that came without the code of the account's second factor, and ask for it.

    It is no failure of the metrics: every sign-in with a second factor may begin so.

    Raises:
        SecondFactorRequired: always.
    """
    await audits.failed(ctx, account_id, network, action, problem=SecondFactorRequired.type)
    raise SecondFactorRequired("Send it as `code`, with the rest.")


async def count_wrong_code(ctx: IdentityContext, account_id: UUID, network: str, action: str) -> NoReturn:
    """Count and record a wrong code, after the transaction that kept it, and refuse it.

    Raises:
        WrongCode: always.
    """
    metrics.WRONG_CODES.inc()
    await audits.failed(ctx, account_id, network, action, problem=WrongCode.type)
    raise WrongCode(
        "Type the code that the application shows now. After several wrong ones only recovery codes are taken."
    )


async def _begin_session(
    ctx: IdentityContext, tx: WriteTx, owner: Credentials, code: str | None, user_agent: str | None
) -> Tokens | None:
    """Insert the session; None where the code is wrong, which is counted.

    The account is read again, locked: it may have been disabled meanwhile, or have got another password, which ended
    all sessions of the one that was verified.
    """
    account = await store.lock_account(tx, owner.id)
    if account is None or account.status != "active" or account.session_version != owner.session_version:
        raise InvalidCredentials("Check both, or make an account.")
    encryption = ctx.get(SigningKeys).encryption
    if owner.second_factor and await check(tx, encryption, owner.id, code or "") not in RIGHT:
        return None
    staff = is_staff(account.roles)
    session_id = uuid7()
    token = refresh.make(encryption.refresh_key, session_id, 1)
    begun = await store.insert_session(
        tx,
        session_id,
        account,
        token.hash,
        lifetimes(ctx.settings, staff=staff),
        staff=staff,
        user_agent=user_agent,
        second_factor=owner.second_factor,
    )
    await store.end_sessions(
        tx, await store.sessions_beyond(tx, account.id, ctx.settings.sessions_per_account), "too_many"
    )
    await audit.record(tx, "session.started", audits.subject(account.id), who=audits.person(account, session_id))
    return issue_tokens(ctx, account, token, staff=staff, proof=Proof(begun, owner.second_factor))


def lifetimes(settings: IdentitySettings, *, staff: bool) -> tuple[int, int]:
    """Idle and absolute, in seconds."""
    if staff:
        return settings.staff_idle_seconds, settings.staff_absolute_seconds
    return settings.customer_idle_seconds, settings.customer_absolute_seconds


def lacks_second_factor(settings: IdentitySettings, account: Account, proof: Proof) -> bool:
    """Whether it is a session of staff that has no right of theirs, as it has shown no second factor."""
    return settings.staff_second_factor and is_staff(account.roles) and not proof.second_factor


def issue_tokens(
    ctx: IdentityContext, account: Account, token: refresh.RefreshToken, *, staff: bool, proof: Proof
) -> Tokens:
    """The session's tokens: this refresh token and a new access token."""
    access = issue_access_token(ctx, account, token.session_id, proof)
    idle, _ = lifetimes(ctx.settings, staff=staff)
    lacking = lacks_second_factor(ctx.settings, account, proof)
    return Tokens(account, token.session_id, access, token.text, idle, lacking)


def issue_access_token(ctx: IdentityContext, account: Account, session_id: UUID, proof: Proof) -> str:
    """A new access token of the session."""
    keys = ctx.get(SigningKeys)
    return auth.sign_access_token(
        keys.key,
        keys.kid,
        issuer=ctx.settings.issuer,
        audience=ctx.settings.audiences,
        account_id=account.id,
        session_id=session_id,
        session_version=account.session_version,
        scopes=() if lacks_second_factor(ctx.settings, account, proof) else account.scopes,
        roles=account.roles,
        auth_time=proof.at.timestamp(),
        lifetime=ctx.settings.access_token_seconds,
    )
