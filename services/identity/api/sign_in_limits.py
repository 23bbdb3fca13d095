"""Limits on guessing passwords.

Counted before the password is looked at, so that a right guess among too many is refused like a wrong one. Strangers
share what an account allows, however many addresses take part. Whoever signed in before from this browser, or is signed
in now, is counted apart from them: strangers cannot lock an owner out. No refusal says which limit it was.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from fastapi import Request, Response

from chassis.auth import principal_of
from chassis.limits import Rule, client_net, rule
from chassis.problems import RateLimited, Unauthenticated
from identity import rights
from identity.api.cookies import device_cookie, refresh_cookie, set_device_cookie
from identity.context import IdentityContext
from identity.domain import devices, refresh
from identity.keys import KeyEncryption, SigningKeys
from identity.store import Account

_HERE = rule("login-here", "5/min")
_HERE_SLOWLY = rule("login-here-slowly", "20/hour")
_ACCOUNT = rule("login-account", "100/hour")
_KNOWN = rule("login-known", "5/min")
_KNOWN_SLOWLY = rule("login-known-slowly", "20/hour")


async def limit_sign_ins(ctx: IdentityContext, request: Request, email: str) -> bool:
    """Take one try. Whether whoever tries is known: that decides how they are counted, and never that they may enter.

    Raises:
        RateLimited: too many, with when to come back.
    """
    name = await _known_as(ctx, request, email)
    if name is not None:
        await _take(ctx, (_KNOWN, name), (_KNOWN_SLOWLY, name))
        return True
    network = client_net(request)
    here = f"{email} {network}"
    address = rule("login", ctx.settings.sign_in_address_limit)
    await _take(ctx, (address, network), (_HERE, here), (_HERE_SLOWLY, here), (_ACCOUNT, email))
    return False


def remember_device(ctx: IdentityContext, request: Request, response: Response, account: Account) -> None:
    """After a sign-in: this browser is known from now on when somebody signs in to this account."""
    before = devices.parse(device_cookie(request))
    device = devices.remember(_keys(ctx).device_key, before, account.email, account.device_epoch)
    set_device_cookie(response, device.text)


def by_session(request: Request) -> str:
    """What refreshing is counted by: the session where the token is ours, however old, else the address. Neighbours
    cannot use up what a session may do.
    """
    ctx: IdentityContext = request.app.state.context
    token = refresh.parse(_keys(ctx).refresh_key, refresh_cookie(request) or "")
    return client_net(request) if token is None else str(token.session_id)


async def _take(ctx: IdentityContext, *limits: tuple[Rule, str]) -> None:
    decided = (await ctx.limiter.check_all(limits))[0][1]
    if not decided.allowed:
        raise RateLimited(
            f"Try again in {decided.retry_after} seconds.", headers={"Retry-After": str(decided.retry_after)}
        )


async def _known_as(ctx: IdentityContext, request: Request, email: str) -> str | None:
    """A name to count by, for a browser or a live session of the account's owner; None for a stranger."""
    device = devices.parse(device_cookie(request))
    epoch = None if device is None else devices.epoch(_keys(ctx).device_key, device, email)
    if device is not None and epoch is not None:
        async with ctx.db.read() as tx:
            if await rights.is_device_epoch(tx, email, epoch):
                return f"device {device.nonce} {email}"
    for session_id, token_hash in await _sessions(ctx, request):
        async with ctx.db.read() as tx:
            if await rights.lives(tx, session_id, email, token_hash):
                return f"session {session_id}"
    return None


async def _sessions(ctx: IdentityContext, request: Request) -> list[tuple[UUID, bytes | None]]:
    """The sessions for which the request has a token of ours, with the refresh token's hash. Made-up ones cost no
    question to the database.
    """
    found: list[tuple[UUID, bytes | None]] = []
    token = refresh.parse(_keys(ctx).refresh_key, refresh_cookie(request) or "")
    if token is not None:
        found.append((token.session_id, token.hash))
    # What would be a 401 elsewhere is a stranger here: they are about to sign in.
    with suppress(Unauthenticated):
        principal = await principal_of(request)
        if principal is not None:
            found.append((principal.session_id, None))
    return found


def _keys(ctx: IdentityContext) -> KeyEncryption:
    return ctx.get(SigningKeys).encryption
