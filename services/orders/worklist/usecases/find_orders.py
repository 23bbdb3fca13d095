"""Find orders for staff, page by page."""

from __future__ import annotations

from chassis import audit
from orders.context import OrdersContext
from orders.worklist.domain.filters import Filters, Place
from orders.worklist.store import pages
from orders.worklist.store.pages import FoundPage


async def find_orders(
    ctx: OrdersContext, filters: Filters, after: Place | None, limit: int, *, oldest_first: bool
) -> FoundPage:
    """Orders that the filters find, behind `after`; who read which is written down."""
    async with ctx.db.read() as tx:
        found = await pages.page(tx, filters, after, limit, oldest_first=oldest_first)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "orders.read", after={"orders": [each.order.id for each in found.items]})
    return found
