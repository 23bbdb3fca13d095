"""Limits on links and on guessing one's own password, and lines of the audit log about what was refused.

Counted before anything is looked up, so that a right guess among too many is refused like a wrong one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, Request

from chassis import audit
from chassis.limits import account, add_headers, begin, client_net, counts, limit, rule
from chassis.problems import Problem, RateLimited
from identity.context import Ctx, IdentityContext
from identity.own_account import LinkNotFound, mail_of
from identity.problems import EmailTaken

_LINK = rule("account-link", "20/min")
# Lines about refusals: no more than this for each network.
_FAILED = rule("audit-links", "20/hour")
_LIMITED = rule("audit-links-limited", "10/hour")
# Its rate is a setting, the one of signing in.
begin("password-reset")
# The present password can be guessed here by whoever stole a session: as often as at a sign-in from a known browser.
OWN_PASSWORD = [
    Depends(limit("own-password", "5/min", by=account)),
    Depends(limit("own-password-slowly", "20/hour", by=account)),
]
LINK_LIMITS = {"x-limits": [_LINK.name]}


async def _resets(ctx: Ctx, request: Request) -> None:
    network = client_net(request)
    async with _audited(ctx, network, "password_reset.asked"):
        of_address = rule("password-reset", ctx.settings.sign_in_address_limit)
        add_headers(request, await ctx.limiter.enforce_all([(of_address, network)]))


RESETS = Depends(counts(_resets, "SIGN_IN_ADDRESS_LIMIT"))


@asynccontextmanager
async def counted_link(ctx: IdentityContext, request: Request, token: str, action: str) -> AsyncIterator[None]:
    """Count the use of a link; a refusal within the block is written into the audit log as this action.

    Genuine tokens are counted by mail: made-up ones from the same address do not use up their limit.
    """
    network = client_net(request)
    async with _audited(ctx, network, action):
        await ctx.limiter.enforce(_LINK, str(mail_of(ctx, token) or network))
        yield


@asynccontextmanager
async def _audited(ctx: IdentityContext, network: str, action: str) -> AsyncIterator[None]:
    try:
        yield
    except (RateLimited, LinkNotFound, EmailTaken) as refused:
        await _record(ctx, network, action, refused)
        raise


async def _record(ctx: IdentityContext, network: str, action: str, refused: Problem) -> None:
    limited = isinstance(refused, RateLimited)
    if (await ctx.limiter.check(_LIMITED if limited else _FAILED, network)).allowed:
        outcome = "limited" if limited else "failure"
        await audit.record_refusal(ctx.db, action, outcome=outcome, after={"problem": refused.type})
