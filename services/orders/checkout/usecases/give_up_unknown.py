"""Give up the payment and the stock of an order that is not known here, as after a restore of the database."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis import telemetry
from chassis.db import WriteTx
from orders import catalog_client, payments_client
from orders.checkout import metrics
from orders.checkout.domain.order_values import Attention
from orders.checkout.store import orders
from orders.context import OrdersContext

GIVE_UP = "orders.give_up_unknown"
_log = telemetry.logger(__name__)


class GiveUp(msgspec.Struct, frozen=True):
    """Give up what an unknown order has."""

    order_id: UUID


async def enqueue_give_up(ctx: OrdersContext, tx: WriteTx, order_id: UUID) -> None:
    """Have the payment and the stock of an unknown order given up."""
    _log.error("order.unknown", order_id=order_id)
    await ctx.jobs.enqueue(tx, GIVE_UP, GiveUp(order_id))


async def give_up_unknown(ctx: OrdersContext, job: GiveUp) -> None:
    """Cancel the payment, of which staff are told if it was captured, and release the stock.

    Raises:
        Unavailable: payments or the catalog did not answer; the job is tried again.
    """
    async with ctx.db.read() as tx:
        if await orders.find(tx, job.order_id) is not None:
            return
    await payments_client.give_up_payment(ctx, job.order_id)
    if not await catalog_client.release_stock(ctx, job.order_id):
        # Sold for an order that was lost: a person counts it back.
        metrics.attention.inc(Attention.STOCK_NOT_RETURNED.value)
        _log.error("order.needs_attention", order_id=job.order_id, reason=Attention.STOCK_NOT_RETURNED.value)
