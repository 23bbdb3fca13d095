"""End an API key."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from shop.context import ShopContext
from shop.keys import store


async def end_key(ctx: ShopContext, key_id: UUID) -> None:
    """It opens nothing any more, within 3 seconds, anywhere. One that has ended, or never was, changes nothing."""
    async with ctx.db.write() as tx:
        if await store.end(tx, key_id):
            await audit.record(tx, "api_key.ended", f"api_key:{key_id}")
