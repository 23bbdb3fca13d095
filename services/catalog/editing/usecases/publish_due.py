"""Show the drafts whose moment has come."""

from __future__ import annotations

from catalog.context import CatalogContext
from catalog.editing.store import publications
from catalog.events import publish_products
from chassis.db import WriteTx
from chassis.resilience import failpoints

BATCH = 50


async def publish_due(ctx: CatalogContext) -> None:
    """By the database's clock, some at a time."""
    while await ctx.db.transact(_publish) == BATCH:
        pass


async def _publish(tx: WriteTx) -> int:
    found = await publications.due(tx, BATCH)
    await publish_products(tx, await publications.publish(tx, found))
    await failpoints.point("publish.written")
    return len(found)
