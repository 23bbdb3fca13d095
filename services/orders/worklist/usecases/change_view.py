"""Change a saved view."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis import audit
from chassis.problems import Forbidden, NotFound
from orders.context import OrdersContext
from orders.worklist.problems import ViewChanged
from orders.worklist.store import views
from orders.worklist.store.views import View


async def change_view(
    ctx: OrdersContext, view_id: UUID, version: int, account_id: UUID, wish: tuple[str, dict[str, Any], bool]
) -> View:
    """The view with this title, these filters, shared or not.

    Raises:
        NotFound. Forbidden: it is another's. ViewChanged.
    """
    title, filters, shared = wish
    async with ctx.db.write() as tx:
        view = await views.lock(tx, view_id)
        if view is None or (view.owner != account_id and not view.shared):
            raise NotFound(f"There is no view {view_id} of yours.")
        if view.owner != account_id:
            raise Forbidden("Only who made a view changes it: make one of your own.")
        wanted = msgspec.structs.replace(view, title=title, filters=filters, shared=shared)
        changed = await views.change(tx, wanted, version)
        if changed is None:
            raise ViewChanged(f"It is of version {view.version}.", version=view.version)
        shown = {"shared": view.shared}, {"shared": shared}
        await audit.record(tx, "order_view.changed", f"order_view:{view_id}", before=shown[0], after=shown[1])
        return changed
