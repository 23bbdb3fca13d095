"""Show what is needed to pay an order: after a reload, or when it was not ready at first."""

from __future__ import annotations

from uuid import UUID

from chassis.problems import Unavailable
from orders import clients
from orders.context import OrdersContext
from orders.domain.order_state import Fact, OrderStatus, Stock
from orders.shopper import Viewer
from orders.store.orders import Order
from orders.usecases.record_fact import record
from orders.usecases.show_order import owned_order
from orders.views import NOT_AVAILABLE, OrderPayment, PaymentView


async def show_payment(ctx: OrdersContext, viewer: Viewer, order_id: UUID) -> OrderPayment:
    """Raises NotFound, and Unavailable when the payment service does not answer."""
    order = await owned_order(ctx, viewer, order_id)
    status = OrderStatus(order.status)
    if status not in {OrderStatus.PLACED, OrderStatus.PENDING_PAYMENT} or order.expired:
        return OrderPayment(status=status, payment=None)
    if status is OrderStatus.PLACED:
        return await _caught_up(ctx, order)
    return OrderPayment(status=status, payment=PaymentView.of(await clients.payment_of(ctx, order_id)))


async def _caught_up(ctx: OrdersContext, order: Order) -> OrderPayment:
    """Its payment could not be prepared at once. Who asks need not wait until the sweep finds that it can be by now."""
    try:
        known = await clients.payment_of(ctx, order.id)
    except Unavailable:
        known = None
    status = OrderStatus(order.status)
    if known is not None and known.client_secret is not None and order.state.stock is Stock.HELD:
        status = (await record(ctx, order.id, order.state, Fact.PREPARED)).status
        if status is OrderStatus.PENDING_PAYMENT:
            return OrderPayment(status=status, payment=PaymentView.of(known))
    notice = NOT_AVAILABLE if known is not None and not known.available else None
    return OrderPayment(status=status, payment=None, payment_notice=notice)
