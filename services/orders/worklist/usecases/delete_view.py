"""Delete a saved view."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.problems import Forbidden
from orders.context import OrdersContext
from orders.worklist.store import views


async def delete_view(ctx: OrdersContext, view_id: UUID, account_id: UUID, *, any_owner: bool) -> None:
    """Delete one's own view, or a shared one of anybody. One that is gone already changes nothing.

    Raises:
        Forbidden: it is another's.
    """
    async with ctx.db.write() as tx:
        view = await views.lock(tx, view_id)
        if view is None or (view.owner != account_id and not view.shared):
            return
        if view.owner != account_id and not any_owner:
            raise Forbidden("A view of somebody else is deleted by who has the right accounts:write.")
        await views.delete(tx, view_id)
        await audit.record(tx, "order_view.deleted", f"order_view:{view_id}")
