"""List the tags that orders have."""

from __future__ import annotations

from orders.context import OrdersContext
from orders.worklist.store import tags


async def list_tags(ctx: OrdersContext) -> list[str]:
    """By name; at most 1,000."""
    async with ctx.db.read() as tx:
        return await tags.names(tx)
