"""Delete old messages of webhooks."""

from __future__ import annotations

from chassis.db import in_batches
from shop.context import ShopContext
from shop.webhooks.store import deliveries

AT_ONCE = 500


async def sweep(ctx: ShopContext) -> None:
    """Messages, and what became of them, are kept for 30 days."""
    await in_batches(ctx.db, deliveries.forget, AT_ONCE)
