"""Lines of the audit log (chassis.audit) about sign-ins that failed, and the names of accounts there."""

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

# debt(audit-log-old): the table `audit_log` of before migration 0007, which nothing uses any more, is still there.

# Lines about sign-ins that a limit refused: no more than this for each network.
_LIMITED = rule("audit-limited", "10/hour")
# Lines about failed sign-ins, by account; by network where there is no such account. The metric counts each failure.
_FAILED = rule("audit-failed", "20/hour")


def subject(account_id: UUID | None) -> str | None:
    """The name of an account in the audit log: "account:<id>"."""
    return None if account_id is None else f"account:{account_id}"


def person(account: Account, session_id: UUID) -> Principal:
    """The actor where there is no access token: the person who signs in."""
    return Principal(account.id, session_id, frozenset(), tuple(account.roles), account.session_version)


async def failed(
    ctx: IdentityContext,
    account_id: UUID | None,
    network: str,
    action: str = "session.started",
    *,
    problem: str | None = None,
) -> None:
    """Record a failed sign-in or step-up, within the limit of such lines. `problem`: its type, where the password was
    right.
    """
    if (await ctx.limiter.check(_FAILED, str(account_id or network))).allowed:
        after = None if problem is None else {"problem": problem}
        await audit.record_refusal(ctx.db, action, subject(account_id), outcome="failure", after=after)


@asynccontextmanager
async def limited(ctx: IdentityContext, network: str) -> AsyncIterator[None]:
    """Record it where a limit refuses the sign-in within the block."""
    try:
        yield
    except RateLimited as refused:
        if (await ctx.limiter.check(_LIMITED, network)).allowed:
            after = {"retry_after": refused.headers["Retry-After"]}
            await audit.record_refusal(ctx.db, "session.started", outcome="limited", after=after)
        raise
