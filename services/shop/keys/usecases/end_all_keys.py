"""End all API keys, after the database went back in time."""

from __future__ import annotations

from chassis import audit
from shop.context import ShopContext
from shop.keys import store


async def end_all_keys(ctx: ShopContext) -> int:
    """How many. One that was ended after the backup would open again, and nothing here tells which."""
    async with ctx.db.write() as tx:
        count = await store.end_all(tx)
        if count:
            await audit.record(tx, "api_key.all_ended", after={"keys": count})
    return count
