"""Periodic work of identity."""

from __future__ import annotations

from chassis import retention
from chassis.jobs import JobTable
from identity import store
from identity.deps import IdentityContext

jobs = JobTable()


@jobs.every(seconds=3600, name="identity.prune_sessions")
async def prune_sessions(ctx: IdentityContext) -> None:
    """Forget sessions that ended 30 days ago."""
    await retention.in_batches(ctx.db, store.prune_sessions, retention.BATCH)
