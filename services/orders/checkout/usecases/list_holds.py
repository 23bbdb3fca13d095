"""List the holders of most unpaid units, for staff."""

from __future__ import annotations

from orders.checkout.store import holds
from orders.checkout.store.holds import Holding
from orders.context import OrdersContext

MOST, ORDERS_EACH = 20, 50


async def list_holds(ctx: OrdersContext) -> list[Holding]:
    """The biggest of each scope."""
    async with ctx.db.read() as tx:
        return await holds.biggest(tx, MOST, ORDERS_EACH)
