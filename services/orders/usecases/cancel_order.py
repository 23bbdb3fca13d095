"""A customer thinks better of it."""

from __future__ import annotations

from uuid import UUID

from orders.domain.progress import Fact, Reason, Status
from orders.problems import OrderNotCancellable
from orders.settings import OrdersContext
from orders.shopper import Viewer
from orders.store import orders
from orders.usecases.record_fact import ADVANCE, Advance, record
from orders.usecases.show_order import owned_order
from orders.views import OrderView

_ENDING = {Status.CANCELLING, Status.CANCELLED}


async def cancel_order(ctx: OrdersContext, viewer: Viewer, order_id: UUID) -> OrderView:
    """The order, on its way to be cancelled. Asked again, it answers the same.

    Raises:
        NotFound.
        OrderNotCancellable: its payment is authorised or taken.
    """
    order = await owned_order(ctx, viewer, order_id)
    state = await record(ctx, order_id, order.state, Fact.CANCEL_REQUESTED)
    if state.status not in _ENDING:
        raise OrderNotCancellable(
            "It is paid, or about to be. Ask the shop for a refund.", order_status=state.status.value
        )
    if state.status is Status.CANCELLING and state.reason is Reason.CANCELLED_BY_CUSTOMER:
        async with ctx.db.write_one() as tx:
            await ctx.jobs.enqueue(tx, ADVANCE, Advance(order_id, state))
    async with ctx.db.read() as tx:
        now = await orders.find(tx, order_id)
    return OrderView.of(now or order)
