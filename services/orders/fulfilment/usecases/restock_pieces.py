"""Give pieces of an order back to the catalog's stock: asked for in the transaction of their cause, done by a job."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import msgspec

from chassis.db import WriteTx
from chassis.resilience import failpoints
from orders import catalog_client
from orders.checkout import append_event, lock_order
from orders.context import OrdersContext
from orders.fulfilment import metrics
from orders.fulfilment.store import restocks
from orders.quantities import VariantQuantity, gathered

RESTOCK = "orders.restock"


class RestockJob(msgspec.Struct, frozen=True):
    """Do a restock."""

    restock_id: UUID


async def ask_for_restock(
    ctx: OrdersContext, tx: WriteTx, restock_id: UUID, order_id: UUID, lines: Sequence[VariantQuantity]
) -> None:
    """Have these pieces go back once `tx` has committed: once for each id."""
    if lines and await restocks.ask(tx, restock_id, order_id, gathered(lines)):
        await ctx.jobs.enqueue(tx, RESTOCK, RestockJob(restock_id))


async def restock_pieces(ctx: OrdersContext, job: RestockJob) -> None:
    """Tell the catalog, then note it. Should the process die in between, the catalog knows the id.

    Raises:
        Unavailable: the catalog did not answer; the job is tried again.
    """
    async with ctx.db.read() as tx:
        wanted = await restocks.unfinished(tx, job.restock_id)
    if wanted is None:
        return
    unknown = await catalog_client.restock(ctx, wanted.id, wanted.lines)
    await failpoints.point("restock.told")
    async with ctx.db.write() as tx:
        await lock_order(tx, wanted.order_id)
        if await restocks.done(tx, wanted.id, unknown):
            data = {"restock_id": str(wanted.id), "unknown": [str(variant) for variant in unknown]}
            await append_event(tx, wanted.order_id, "restocked", data)
            tx.after_commit(partial(metrics.restocks.inc, "unknown variants" if unknown else "done"))
