"""Limits on guessing passwords: per account and address, and per account however many addresses take part.

Counted before the password is looked at, so that a right guess among too many is refused like a wrong one.
"""

from __future__ import annotations

from chassis.limits import rule
from identity.deps import IdentityContext

_QUICKLY = rule("login-here", "5/min")
_SLOWLY = rule("login-here-slowly", "20/hour")
_FROM_EVERYWHERE = rule("login-account", "100/hour")


async def refuse_guessing(ctx: IdentityContext, email: str, network: str) -> None:
    """Take one try.

    Raises:
        chassis.problems.RateLimited: too many, with when to come back.
    """
    here = f"{email} {network}"
    await ctx.limiter.enforce(_QUICKLY, here)
    await ctx.limiter.enforce(_SLOWLY, here)
    await ctx.limiter.enforce(_FROM_EVERYWHERE, email)
