"""What identity writes into the audit log (chassis.audit), and how it names accounts there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from chassis import audit
from chassis.auth import Principal
from chassis.limits import rule
from chassis.problems import RateLimited
from identity.context import IdentityContext
from identity.store import Account

# A line for a sign-in that was refused for being one of too many: no more than this for each network.
_LIMITED = rule("audit-limited", "10/hour")
# For failed ones of one account; of accounts that do not exist, of one network. The metric counts each.
_FAILED = rule("audit-failed", "20/hour")


def subject(account_id: UUID | None) -> str | None:
    """An account as the audit log names it: "account:<id>"."""
    return None if account_id is None else f"account:{account_id}"


def person(account: Account, session_id: UUID) -> Principal:
    """Who acts where no access token says so: somebody who signs in or refreshes."""
    return Principal(account.id, session_id, frozenset(), tuple(account.roles), account.session_version)


async def failed(ctx: IdentityContext, account_id: UUID | None, network: str) -> None:
    """Write down that somebody failed to sign in, unless that was written often of late."""
    if (await ctx.limiter.check(_FAILED, str(account_id or network))).allowed:
        await audit.record_refusal(ctx.db, "session.started", subject(account_id), outcome="failure")


@asynccontextmanager
async def limited(ctx: IdentityContext, network: str) -> AsyncIterator[None]:
    """Write down that a sign-in within the block was refused as one of too many."""
    try:
        yield
    except RateLimited as refused:
        if (await ctx.limiter.check(_LIMITED, network)).allowed:
            after = {"retry_after": refused.headers["Retry-After"]}
            await audit.record_refusal(ctx.db, "session.started", outcome="limited", after=after)
        raise
