"""Let products enter and leave collections as their rules say."""

from __future__ import annotations

from catalog.collections.store import filling
from catalog.context import CatalogContext
from chassis.db import WriteTx
from chassis.resilience import failpoints

# Rows that say that a product changed, and products of a collection that is filled, in a transaction.
CHECKS, PAGE = 100, 2_000
# What is left is gone on with soon after: work that never ends would be taken for dead.
MOST_BATCHES = 50


async def fill_collections(ctx: CatalogContext) -> int:
    """Compare what has changed; how many products entered a collection or left one."""
    changed = 0
    for _ in range(MOST_BATCHES):
        async with ctx.db.write() as tx:
            moved, more = await _compare(tx)
            await failpoints.point("collections.compared")
        changed += moved
        if not more:
            break
    return changed


async def _compare(tx: WriteTx) -> tuple[int, bool]:
    """One batch: how many moved, and whether there may be more. Who compares at this moment goes on with it."""
    if not await filling.alone(tx):
        return 0, False
    moved, more = await _check(tx)
    if more:
        return moved, True
    filled, more = await _fill(tx)
    return moved + filled, more


async def _check(tx: WriteTx) -> tuple[int, bool]:
    """Compare products that changed with all rules; how many moved, and whether there may be more."""
    taken = await filling.take_changed(tx, CHECKS)
    if not taken.products:
        return 0, False
    moved = 0
    for collection_id, rule in await filling.rules(tx):
        moved += (await filling.compare(tx, collection_id, rule, taken.products)).changed
    return moved, taken.rows == CHECKS


async def _fill(tx: WriteTx) -> tuple[int, bool]:
    """Compare the next products with a rule that has not met all; how many moved, and whether there may be more."""
    found = await filling.unfilled(tx)
    if found is None:
        return 0, False
    compared = await filling.compare_page(tx, found, PAGE)
    await filling.filled(tx, found.id, compared.last if compared.seen == PAGE else None)
    return compared.changed, True
