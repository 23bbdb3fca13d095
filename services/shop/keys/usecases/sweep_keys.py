"""End API keys whose time is over, and delete what ended long ago."""

from __future__ import annotations

from chassis.db import in_batches
from shop.context import ShopContext
from shop.keys import store

AT_ONCE = 100


async def sweep_keys(ctx: ShopContext) -> None:
    """Ended keys are kept for 400 days, as the audit log is. One whose time is over opens nothing before that."""
    async with ctx.db.write() as tx:
        await store.expire(tx)
    await in_batches(ctx.db, store.forget, AT_ONCE)
