"""What is needed to pay an order, again: after a reload, or when it was not there yet."""

from __future__ import annotations

from uuid import UUID

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
        known = await clients.payment_of(ctx, order_id)
        notice = NOT_AVAILABLE if known is not None and not known.available else None
        return OrderPayment(status=status, payment=None, payment_notice=notice)
    return OrderPayment(status=status, payment=PaymentView.of(await clients.payment_of(ctx, order_id)))
