"""Show what is needed to pay an order: after a reload, or when it was not ready at first."""

from __future__ import annotations

from uuid import UUID

from chassis.problems import Unavailable
from orders import clients
from orders.context import OrdersContext
from orders.domain.order_state import Fact, OrderStatus, Stock
from orders.domain.shopper import Viewer
from orders.store.orders import Order
from orders.usecases.prepare_order import PayableOrder
from orders.usecases.record_fact import record
from orders.usecases.show_order import owned_order


async def show_payment(ctx: OrdersContext, viewer: Viewer, order_id: UUID) -> PayableOrder:
    """Raises NotFound, and Unavailable when the payment service does not answer."""
    order = await owned_order(ctx, viewer, order_id)
    status = OrderStatus(order.status)
    if status not in {OrderStatus.PLACED, OrderStatus.PENDING_PAYMENT} or order.expired:
        return PayableOrder(order)
    if status is OrderStatus.PLACED:
        return await _caught_up(ctx, order)
    return PayableOrder(order, await clients.payment_of(ctx, order_id))


async def _caught_up(ctx: OrdersContext, order: Order) -> PayableOrder:
    """The payment of an order that was placed while payments did not answer: the sweep need not find it first."""
    try:
        known = await clients.payment_of(ctx, order.id)
    except Unavailable:
        known = None
    if known is not None and known.client_secret is not None and order.state.stock is Stock.HELD:
        order = order.moved(await record(ctx, order.id, order.state, Fact.PREPARED))
        if order.status == OrderStatus.PENDING_PAYMENT.value:
            return PayableOrder(order, known)
    return PayableOrder(order, available=known is None or known.available)
