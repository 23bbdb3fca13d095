"""Save a view."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis import audit
from orders.context import OrdersContext
from orders.worklist.problems import TooManyViews
from orders.worklist.store import views
from orders.worklist.store.views import View


async def create_view(
    ctx: OrdersContext, view_id: UUID, owner: UUID, title: str, filters: dict[str, Any], *, shared: bool
) -> View:
    """The view; once for each id. Raises TooManyViews."""
    async with ctx.db.write() as tx:
        made = await views.find(tx, view_id)
        if made is not None:
            return made
        made = await views.add(tx, view_id, owner, title, filters, shared=shared)
        if made is None:
            raise TooManyViews(f"An account has {views.MOST} views at most.", limit=views.MOST)
        await audit.record(tx, "order_view.created", f"order_view:{view_id}", after={"shared": shared})
        return made
