"""Release the reservations whose time is over."""

from __future__ import annotations

from catalog import metrics
from catalog.context import CatalogContext
from catalog.events import ReservationExpired
from catalog.store import holds
from catalog.store import reservations as store
from chassis import outbox
from chassis.db import WriteTx
from chassis.resilience import failpoints

BATCH = 100


async def expire_reservations(ctx: CatalogContext) -> int:
    """Expire all holds whose time is over by the database's clock, in batches; how many."""
    total = 0
    while True:
        count = await store.transact(ctx.db, _expire)
        metrics.expired.inc(by=count)
        total += count
        if count < BATCH:
            return total


async def _expire(tx: WriteTx) -> int:
    order_ids = await store.lapsed(tx, BATCH)
    if not order_ids:
        return 0
    for order_id, hold in (await holds.end(tx, order_ids, "expired")).items():
        await outbox.publish(tx, "reservation", order_id, hold.version, ReservationExpired(order_id))
    await failpoints.point("expire.written")
    return len(order_ids)
