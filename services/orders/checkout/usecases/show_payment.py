"""Show what is needed to pay an order: after a reload, or when it was not ready at first."""

from __future__ import annotations

from uuid import UUID

from chassis.problems import Unavailable
from orders import payments_client
from orders.checkout.domain.order_state import Fact
from orders.checkout.domain.order_values import OrderStatus, Stock
from orders.checkout.store.rows import Order
from orders.checkout.usecases.prepare_order import PayableOrder
from orders.checkout.usecases.record_fact import record
from orders.checkout.usecases.show_order import owned_order
from orders.context import OrdersContext
from orders.shoppers import Viewer


async def show_payment(ctx: OrdersContext, viewer: Viewer, order_id: UUID) -> PayableOrder:
    """Raises NotFound, and Unavailable when the payment service does not answer."""
    order = await owned_order(ctx, viewer, order_id)
    status = OrderStatus(order.status)
    if status not in {OrderStatus.PLACED, OrderStatus.PENDING_PAYMENT} or order.expired or order.total == 0:
        return PayableOrder(order)
    if status is OrderStatus.PLACED:
        return await _caught_up(ctx, order)
    return PayableOrder(order, await payments_client.payment_of(ctx, order_id))


async def _caught_up(ctx: OrdersContext, order: Order) -> PayableOrder:
    """The payment of an order that was placed while payments did not answer: the sweep need not find it first."""
    try:
        known = await payments_client.payment_of(ctx, order.id)
    except Unavailable:
        known = None
    if known is not None and known.payable and order.state.stock is Stock.HELD:
        order = order.moved(await record(ctx, order.id, order.state, Fact.PREPARED))
        if order.status == OrderStatus.PENDING_PAYMENT.value:
            return PayableOrder(order, known)
    return PayableOrder(order, available=known is None or known.available)
