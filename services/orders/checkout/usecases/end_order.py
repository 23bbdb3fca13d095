"""Staff end an unpaid order, as if its time to pay were over: its customer is told just that."""

from __future__ import annotations

from uuid import UUID

from chassis.problems import NotFound
from orders.checkout.domain.order_state import Fact
from orders.checkout.domain.order_values import OrderStatus
from orders.checkout.store import orders
from orders.checkout.store.rows import Order
from orders.checkout.usecases.advance_order import paid_or_expired
from orders.checkout.usecases.cancel_order import end_unpaid
from orders.context import OrdersContext

_OPEN = {OrderStatus.PLACED.value, OrderStatus.PENDING_PAYMENT.value}


async def end_order(ctx: OrdersContext, order_id: UUID, staff_id: UUID) -> Order:
    """The order, on its way to be cancelled. Asked again, it answers the same.

    Raises:
        NotFound.
        OrderNotCancellable: its payment is authorised or taken. Unavailable: that is not known; ask again later.
    """
    async with ctx.db.read() as tx:
        order = await orders.find(tx, order_id)
    if order is None:
        raise NotFound(f"There is no order {order_id}.")
    fact = await paid_or_expired(ctx, order) if order.status in _OPEN else Fact.EXPIRED
    by = {"by": str(staff_id)} if fact is Fact.EXPIRED else None
    return await end_unpaid(ctx, order, fact, by)
