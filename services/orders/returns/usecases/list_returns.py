"""The returns of an order, and what may still be asked back: for staff, and for its owner."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from orders.checkout import Order, owned_order
from orders.context import OrdersContext
from orders.fulfilment import known_order
from orders.returns.store import returns
from orders.returns.store.returns import Return
from orders.returns.usecases.open_return import returnable
from orders.shoppers import Viewer


@dataclass(frozen=True, slots=True)
class OrderReturns:
    """`left`: pieces that may be asked back, by the position of their line."""

    order: Order
    returns: list[Return]
    left: dict[int, int]


async def list_returns(ctx: OrdersContext, order_id: UUID) -> OrderReturns:
    """For staff, who may take back what was delivered at any time. Raises NotFound."""
    async with ctx.db.read() as tx:
        order = await known_order(tx, order_id)
    return await _of(ctx, order, staff=True)


async def list_own_returns(ctx: OrdersContext, viewer: Viewer, order_id: UUID) -> OrderReturns:
    """Raises NotFound: also where the order is somebody else's."""
    return await _of(ctx, await owned_order(ctx, viewer, order_id), staff=False)


async def _of(ctx: OrdersContext, order: Order, *, staff: bool) -> OrderReturns:
    async with ctx.db.read() as tx:
        found = await returns.of_order(tx, order.id)
        return OrderReturns(order, found, await returnable(ctx, tx, order.id, staff=staff))
