"""What orders does after its database, or that of the catalog, went back in time.

Payments finds what the provider knows, and tells of each payment since (`payment.restored`): whose order is not known
here is given up. The catalog may not know any more what recent orders have taken: each is reconciled by a job.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chassis.jobs import enqueue_many
from orders.checkout import RECONCILE, Reconcile, first_order_id, with_stock_after
from orders.context import OrdersContext
from orders.privacy import enqueue_replay

# An order that was placed earlier has its payment, its stock and its end.
BEFORE = timedelta(days=1)
AT_ONCE = 1_000


async def after_restore(ctx: OrdersContext, restored_to: datetime) -> list[str]:
    """Enqueue what is to be reconciled once the other services run; lines for the operator."""
    async with ctx.db.read() as reading:
        last = await first_order_id(reading, restored_to - BEFORE)
    count, found = 0, [last]
    while found:
        async with ctx.db.write() as tx:
            found = await with_stock_after(tx, last, AT_ONCE)
            await enqueue_many(tx, RECONCILE, [Reconcile(order_id) for order_id in found])
        count, last = count + len(found), (found or [last])[-1]
    await enqueue_replay(ctx, restored_to)
    erased = "Who was erased since is erased again as soon as payments serves, as far as orders or payments know of it."
    return [f"The stock of {count} orders is compared with the catalog as soon as both serve.", erased]
