"""Write down who exports orders, before the first of them is sent."""

from __future__ import annotations

from chassis import audit
from orders.context import OrdersContext
from orders.worklist.domain.filters import Filters


async def audit_export(ctx: OrdersContext, filters: Filters) -> None:
    """By which filters; not what they were, as that may be about people."""
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "orders.exported", after={"filters": filters.given})
