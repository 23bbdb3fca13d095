"""Continue the orders that are due: those whose time to pay is over, and those whose process died.

An order's `next_attempt_at` is both its timer and the lease of whoever works on it, so neither costs a job.
"""

from __future__ import annotations

import asyncio

from chassis import telemetry
from chassis.problems import Unavailable
from orders.checkout import metrics
from orders.checkout.store.due import Due, take_due
from orders.checkout.usecases.advance_order import advance_order
from orders.context import OrdersContext

BATCH = 100
AT_ONCE = 8

_log = telemetry.logger(__name__)


async def sweep_orders(ctx: OrdersContext) -> None:
    """Continue every order that is due. One that fails is due again, later each time."""
    while True:
        async with ctx.db.write_one() as tx:
            due = await take_due(tx, BATCH)
        gate = asyncio.Semaphore(AT_ONCE)
        # nosemgrep: gather-without-bound -- at most BATCH, of which AT_ONCE go on
        await asyncio.gather(*(_advance(ctx, order, gate) for order in due))
        if len(due) < BATCH:
            return


async def _advance(ctx: OrdersContext, order: Due, gate: asyncio.Semaphore) -> None:
    async with gate:
        metrics.resumed.inc(order.status)
        try:
            await advance_order(ctx, order.id)
        except Unavailable:
            return
        except Exception as error:  # noqa: BLE001 -- an error of one order must not stop the others
            _log.error("order.stuck", order_id=order.id, error=error)
