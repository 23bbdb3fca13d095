"""What is needed to pay an order, again: after a reload, or when it was not there yet."""

from __future__ import annotations

from uuid import UUID

from chassis.problems import Unavailable
from orders import clients
from orders.domain.progress import Status
from orders.settings import OrdersContext
from orders.shopper import Viewer
from orders.usecases.show_order import owned_order
from orders.views import NOT_AVAILABLE, OrderPayment, PaymentView


async def show_payment(ctx: OrdersContext, viewer: Viewer, order_id: UUID) -> OrderPayment:
    """Raises NotFound, and Unavailable when the payment service does not answer."""
    order = await owned_order(ctx, viewer, order_id)
    status = Status(order.status)
    if status not in {Status.PLACED, Status.PENDING_PAYMENT} or order.expired:
        return OrderPayment(status=status, payment=None)
    if status is Status.PLACED:
        return OrderPayment(status=status, payment=None, payment_notice=await _notice(ctx, order_id))
    return OrderPayment(status=status, payment=PaymentView.of(await clients.payment_of(ctx, order_id)))


async def _notice(ctx: OrdersContext, order_id: UUID) -> str | None:
    """Why it takes so long, where that is known."""
    try:
        known = await clients.payment_of(ctx, order_id)
    except Unavailable:
        return None
    return NOT_AVAILABLE if known is not None and not known.available else None
