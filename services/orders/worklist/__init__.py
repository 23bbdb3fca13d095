"""The work list of staff: finding orders, saved views, notes, tags, edits of several orders, and the export."""

from __future__ import annotations

from orders.worklist.api.edits import router as edits_router
from orders.worklist.api.orders import router as orders_router
from orders.worklist.api.views import router as views_router

__all__ = ["routers"]

# After those of checkout: `/api/v1/admin/orders/holds` would be taken for an order.
routers = (orders_router, edits_router, views_router)
