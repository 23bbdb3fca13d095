"""Sum up the prices of products whose sales have begun or ended, for the lists."""

from __future__ import annotations

from catalog.context import CatalogContext
from catalog.editing.store import sales
from catalog.events import publish_products
from catalog.store import prices
from chassis.db import WriteTx
from chassis.resilience import failpoints

BATCH = 50


async def apply_sales(ctx: CatalogContext) -> None:
    """By the database's clock, some products at a time."""
    while await ctx.db.transact(_apply) == BATCH:
        pass


async def _apply(tx: WriteTx) -> int:
    found = await sales.due(tx, BATCH)
    changed = await sales.apply(tx, found)
    await prices.sum_up(tx, [product.id for product in changed])
    await publish_products(tx, changed)
    await failpoints.point("sales.written")
    return len(found)
