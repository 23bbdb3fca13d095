"""Periodic work of identity."""

from __future__ import annotations

from chassis.jobs import JobTable
from identity import store
from identity.deps import IdentityContext

jobs = JobTable()


@jobs.every(seconds=3600, name="identity.prune_sessions")
async def prune_sessions(ctx: IdentityContext) -> None:
    """Forget sessions that ended 30 days ago."""
    async with ctx.db.write_one() as tx:
        await store.prune_sessions(tx)
