"""Have the catalog hold or sell again what an order has taken, after the catalog's database went back in time."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import msgspec

from chassis import telemetry
from orders import catalog_client
from orders.catalog_client import SoldOut
from orders.checkout import metrics
from orders.checkout.domain.order_state import Fact
from orders.checkout.domain.order_values import Attention, Stock
from orders.checkout.store import orders
from orders.checkout.store.rows import Order
from orders.context import OrdersContext
from orders.quantities import VariantQuantity

RECONCILE = "orders.reconcile_stock"
_log = telemetry.logger(__name__)


class Reconcile(msgspec.Struct, frozen=True):
    """Reconcile the stock of an order."""

    order_id: UUID


async def reconcile_stock(ctx: OrdersContext, job: Reconcile) -> None:
    """Reserve and sell what the order has, unless the catalog knows of it. If it is sold out, a person has to decide.

    Raises:
        Unavailable: the catalog did not answer; the job is tried again.
    """
    async with ctx.db.read() as tx:
        order = await orders.find(tx, job.order_id)
    if order is None or order.stock not in {Stock.HELD.value, Stock.COMMITTED.value}:
        return
    lines = [VariantQuantity(line.variant_id, line.quantity) for line in order.lines]
    try:
        await catalog_client.reserve(ctx, order.id, lines, order.hold_seconds)
        if order.stock == Stock.COMMITTED.value:
            await catalog_client.commit_stock(ctx, order.id)
    except SoldOut:
        # What is only held will be found missing when it is to be sold.
        if order.stock == Stock.COMMITTED.value:
            await _flag(ctx, order)


async def _flag(ctx: OrdersContext, order: Order) -> None:
    lost = Attention.PAID_WITHOUT_STOCK
    async with ctx.db.write() as tx:
        state = await orders.lock_state(tx, order.id)
        if state is None or state.attention is not None:
            return
        await orders.move(tx, order.id, state, replace(state, attention=lost), Fact.STOCK_LOST.value, None)
    metrics.attention.inc(lost.value)
    _log.error("order.needs_attention", order_id=order.id, reason=lost.value)
