"""What a service does after its database was restored to an earlier moment: once it is migrated, and before it serves.

`python -m chassis.ops after-restore SERVICE --restored-to TIME --yes`, in the service's environment. A service gives
its own part to `create_service(after_restore=...)`. It calls no other service, since none runs yet: what needs one, it
enqueues as a job. It may die at any line and is safe to run again, also while the service runs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from chassis import audit
from chassis.context import Context
from chassis.inbox.operations import allow_restart

AfterRestore = Callable[[Any, datetime], Awaitable[list[str]]]
"""A service's own part: its context, and the moment that its database went back to, or the earliest of several; returns
lines for the operator."""


async def after_restore(
    ctx: Context[Any],
    resources: Callable[[Context[Any]], AbstractAsyncContextManager[None]],
    own: AfterRestore | None,
    restored_to: datetime,
) -> list[str]:
    """Run the part of every service and the service's own; lines for the operator.

    Raises:
        Unavailable: something outside did not answer; run it again.
    """
    await ctx.db.connect()
    async with ctx.db.write() as tx:
        await allow_restart(tx)
        await audit.record(tx, "database.restored", after={"restored_to": restored_to})
    if own is None:
        return []
    async with resources(ctx):
        return await own(ctx, restored_to)
