"""List saved views."""

from __future__ import annotations

from uuid import UUID

from orders.context import OrdersContext
from orders.worklist.store import views
from orders.worklist.store.views import View


async def list_views(ctx: OrdersContext, account_id: UUID, after: UUID | None, limit: int) -> list[View]:
    """One's own and those that others share, oldest first."""
    async with ctx.db.read() as tx:
        return await views.seen_by(tx, account_id, after or UUID(int=0), limit)
