"""List the holders of most unpaid units, for staff."""

from __future__ import annotations

import msgspec

from orders.context import OrdersContext
from orders.store import holds
from orders.views import Holdings, HoldingView

MOST, ORDERS_EACH = 20, 50


async def list_holds(ctx: OrdersContext) -> Holdings:
    """The biggest of each scope."""
    async with ctx.db.read() as tx:
        rows = await holds.biggest(tx, MOST, ORDERS_EACH)
    return Holdings(items=[HoldingView.model_validate(msgspec.structs.asdict(row)) for row in rows])
