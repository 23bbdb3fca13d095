"""Ask the payment service again for refunds that it has not settled: the process died, or it was away."""

from __future__ import annotations

import asyncio

from chassis import telemetry
from chassis.problems import Unavailable
from orders.context import OrdersContext
from orders.refunds import metrics
from orders.refunds.store.refunds import Due, longest_wait, take_due
from orders.refunds.usecases.send_refund import ask

BATCH = 100
AT_ONCE = 8

_log = telemetry.logger(__name__)


async def sweep_refunds(ctx: OrdersContext) -> None:
    """Ask about every refund that is due. One that fails is due again, later each time."""
    while True:
        async with ctx.db.write_one() as tx:
            due = await take_due(tx, BATCH)
        gate = asyncio.Semaphore(AT_ONCE)
        # nosemgrep: gather-without-bound -- at most BATCH, of which AT_ONCE go on
        await asyncio.gather(*(_ask(ctx, each, gate) for each in due))
        if len(due) < BATCH:
            return


async def _ask(ctx: OrdersContext, due: Due, gate: asyncio.Semaphore) -> None:
    async with gate:
        try:
            await ask(ctx, due.refund, due.currency)
        except Unavailable:
            return
        except Exception as error:  # noqa: BLE001 -- an error of one refund must not stop the others
            _log.error("order.refund_stuck", order_id=due.refund.order_id, error=error)


async def measure_refunds(ctx: OrdersContext) -> None:
    """For how long the oldest refund has waited: an alert asks for it."""
    async with ctx.db.read() as tx:
        metrics.waiting.set(await longest_wait(tx))
