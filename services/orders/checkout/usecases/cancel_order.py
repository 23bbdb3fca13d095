"""Cancel an order that is not paid, for its customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from orders.checkout.advancing import Advancer
from orders.checkout.domain.order_state import Fact
from orders.checkout.domain.order_values import OrderStatus
from orders.checkout.store import orders
from orders.checkout.store.rows import Order
from orders.checkout.usecases.record_fact import record
from orders.checkout.usecases.show_order import owned_order
from orders.context import OrdersContext
from orders.problems import OrderNotCancellable
from orders.shoppers import Viewer

_ENDING = {OrderStatus.CANCELLING, OrderStatus.CANCELLED}


async def cancel_order(ctx: OrdersContext, viewer: Viewer, order_id: UUID) -> Order:
    """The order, on its way to be cancelled. Asked again, it answers the same.

    Raises:
        NotFound.
        OrderNotCancellable: its payment is authorised or taken.
    """
    order = await owned_order(ctx, viewer, order_id)
    return await end_unpaid(ctx, order, Fact.CANCEL_REQUESTED)


async def end_unpaid(ctx: OrdersContext, order: Order, fact: Fact, data: dict[str, Any] | None = None) -> Order:
    """The order as it is once somebody has given it up.

    Raises:
        OrderNotCancellable: its payment is authorised or taken.
    """
    before = order.state
    state = await record(ctx, order.id, before, fact, data)
    if state.status not in _ENDING:
        raise OrderNotCancellable(
            "It is paid, or about to be. Ask the shop for a refund.", order_status=state.status.value
        )
    if state.status is OrderStatus.CANCELLING and before.status not in _ENDING:
        ctx.get(Advancer).begin(order.id, state)
    async with ctx.db.read() as tx:
        return await orders.find(tx, order.id) or order
