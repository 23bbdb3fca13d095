"""Make a refund for staff, and ask the payment service for it."""

from __future__ import annotations

from uuid import UUID

from chassis.resilience import failpoints
from orders.checkout import Order
from orders.context import OrdersContext
from orders.fulfilment import locked_order
from orders.refunds.domain.refund import Refund
from orders.refunds.problems import NothingToRefund
from orders.refunds.store import refunds
from orders.refunds.usecases.make_refund import RefundOrder, make_refund
from orders.refunds.usecases.send_refund import send_refund


async def create_refund(ctx: OrdersContext, order_id: UUID, made: RefundOrder) -> tuple[Order, Refund]:
    """The refund, as far as it is then. With the id of one that was made, it is that one.

    Raises:
        NotFound. OrderNotRefundable, RefundExceeds, RefundChanged, Invalid, NothingToRefund.
    """
    async with ctx.db.write() as tx:
        order = await locked_order(tx, order_id)
        refund = await refunds.find(tx, made.id) or await make_refund(ctx, tx, order, made)
        if refund is None:
            raise NothingToRefund("Nothing was named, or what was named cost nothing.")
    await failpoints.point("orders.refund_committed")
    return order, await send_refund(ctx, refund, order.currency)
