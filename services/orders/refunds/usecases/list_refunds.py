"""The refunds and the cancellations of an order: for staff, and its refunds for its owner."""

from __future__ import annotations

from uuid import UUID

from orders.checkout import Order, owned_order
from orders.context import OrdersContext
from orders.fulfilment import known_order
from orders.refunds.domain.cancellation import Cancellation
from orders.refunds.domain.refund import Refund
from orders.refunds.store import cancellations, refunds
from orders.shoppers import Viewer


async def list_refunds(ctx: OrdersContext, order_id: UUID) -> tuple[Order, list[Refund], list[Cancellation]]:
    """All of an order, oldest first. Raises NotFound."""
    async with ctx.db.read() as tx:
        order = await known_order(tx, order_id)
        return order, await refunds.of_order(tx, order_id), await cancellations.of_order(tx, order_id)


async def list_own_refunds(ctx: OrdersContext, viewer: Viewer, order_id: UUID) -> tuple[Order, list[Refund]]:
    """Those of the viewer's own order. Raises NotFound."""
    order = await owned_order(ctx, viewer, order_id)
    async with ctx.db.read() as tx:
        return order, await refunds.of_order(tx, order_id)
