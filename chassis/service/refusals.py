"""Keeps how often each limit of this service refused, so that staff see it (chassis.ops.api): by the hour.

What was counted since the last writing is lost where the process dies: SECONDS of it at most.
"""

from __future__ import annotations

import asyncio
from typing import Any

from chassis.context import Context
from chassis.db import limits_hit
from chassis.limits import Refusals

SECONDS = 10.0


async def keep(ctx: Context[Any]) -> None:
    """Write every SECONDS what was counted meanwhile; nothing where nothing was refused."""
    while True:
        await asyncio.sleep(SECONDS)
        await write(ctx, ctx.limiter.refusals)


async def write(ctx: Context[Any], refusals: Refusals) -> None:
    """Write what was counted; where that fails it is counted on."""
    counted = refusals.take()
    if not counted:
        return
    try:
        async with ctx.db.write_one() as tx:
            await limits_hit.add(tx, counted)
    except Exception as error:  # noqa: BLE001 -- for whatever reason a count cannot be written, the process goes on
        refusals.put_back(counted)
        ctx.log.warning("limits_hit.unwritten", error=error)
