"""Limits on guessing passwords.

Counted before the password is verified, so that a right guess among too many is refused like a wrong one. All strangers
share one limit by account, from however many addresses. A browser in which the owner signed in before, or one with a
live session, is counted apart: strangers cannot lock an owner out. A try takes from all of its limits or from none. The
answer does not name the limit that refused.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from fastapi import Request, Response

from chassis.auth import principal_of
from chassis.limits import Rule, begin, client_net, rule
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
SIGN_IN_LIMITS = [
    "SIGN_IN_ADDRESS_LIMIT",
    *(each.name for each in (_HERE, _HERE_SLOWLY, _ACCOUNT, _KNOWN, _KNOWN_SLOWLY)),
]
STEP_UP_LIMITS = [_KNOWN.name, _KNOWN_SLOWLY.name]
# Its rate is a setting.
begin("login")


async def limit_sign_ins(ctx: IdentityContext, request: Request, email: str) -> bool:
    """Take one try. Whether the client is known: that decides how it is counted, and never whether it may sign in.

    Raises:
        RateLimited: too many tries; it has the time of the next one.
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


async def limit_step_ups(ctx: IdentityContext, account_id: UUID) -> None:
    """Take one try of a step-up, by account: a new session does not give new tries.

    Raises:
        RateLimited: too many tries; it has the time of the next one.
    """
    name = f"step-up {account_id}"
    await _take(ctx, (_KNOWN, name), (_KNOWN_SLOWLY, name))


def remember_device(ctx: IdentityContext, request: Request, response: Response, account: Account) -> None:
    """Set the device cookie after a sign-in, by which this browser is known at the next one to this account."""
    before = devices.parse(device_cookie(request))
    device = devices.remember(_keys(ctx).device_key, before, account.email, account.device_epoch)
    set_device_cookie(response, device.text)


def by_session(request: Request) -> str:
    """The key of the limit on refreshing: the session where the token is genuine, however old, else the address. Others
    at the address cannot use up a session's limit.
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
    """The key to count by for a browser or a live session of the account's owner; None for a stranger."""
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
    """The sessions for which the request has a genuine token, with the refresh token's hash. Made-up tokens cost no
    query.
    """
    found: list[tuple[UUID, bytes | None]] = []
    token = refresh.parse(_keys(ctx).refresh_key, refresh_cookie(request) or "")
    if token is not None:
        found.append((token.session_id, token.hash))
    # A token that is not valid is no error here: its owner is about to sign in.
    with suppress(Unauthenticated):
        principal = await principal_of(request)
        if principal is not None:
            found.append((principal.session_id, None))
    return found


def _keys(ctx: IdentityContext) -> KeyEncryption:
    return ctx.get(SigningKeys).encryption
