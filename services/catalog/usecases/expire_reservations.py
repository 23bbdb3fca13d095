"""Taking back what was held too long."""

from __future__ import annotations

from catalog import metrics
from catalog.domain.stock import ReservationStatus, variants_of
from catalog.events import ReservationExpired, publish_stock
from catalog.settings import CatalogSettings
from catalog.store import reservations as store
from chassis import outbox
from chassis.context import Context
from chassis.db import WriteTx
from chassis.resilience import failpoints

BATCH = 100


async def expire_reservations(ctx: Context[CatalogSettings]) -> int:
    """Expire all holds that have lapsed by the database's time, some at a time; how many."""
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
    known = await store.find(tx, order_ids)
    await store.lock_levels(tx, variants_of(known.values()))
    await publish_stock(tx, await store.give_back(tx, order_ids))
    for order in await store.finish(tx, order_ids, ReservationStatus.EXPIRED):
        await outbox.publish(tx, "reservation", order.order_id, order.version, ReservationExpired(order.order_id))
    await failpoints.point("expire.written")
    return len(order_ids)
