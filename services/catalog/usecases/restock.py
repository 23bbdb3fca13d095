"""Put pieces back on the shelf, once for each id, however often and at whatever time it is asked for."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from catalog import metrics
from catalog.context import CatalogContext
from catalog.domain.stock import Units
from catalog.events import publish_stock
from catalog.problems import RestockMismatch
from catalog.store import restocks
from catalog.store.restocks import RestockedLine
from chassis.db import WriteTx
from chassis.resilience import failpoints


async def restock(ctx: CatalogContext, restock_id: UUID, units: Units) -> list[RestockedLine]:
    """What became of each line. `units` in the order of their variants.

    Raises:
        RestockMismatch: the id is that of a restock of other pieces.
    """

    async def body(tx: WriteTx) -> list[RestockedLine]:
        changed = await restocks.restock(tx, restock_id, units)
        lines = await restocks.lines_of(tx, restock_id)
        if changed is None:
            if {line.variant_id: line.quantity for line in lines} != units:
                raise RestockMismatch("Ask for the same pieces, or with another id.")
            return lines
        await publish_stock(tx, changed)
        counted = sum(line.quantity for line in lines if line.outcome == "counted")
        tx.after_commit(partial(metrics.restocked.inc, by=counted))
        return lines

    lines = await ctx.db.transact(body)
    await failpoints.point("restock.committed")
    return lines
