"""One order: for its owner, and for staff."""

from __future__ import annotations

import hmac
from uuid import UUID

from chassis.problems import NotFound
from orders.context import OrdersContext
from orders.domain.shopper import Viewer
from orders.store import orders
from orders.store.orders import HistoryEntry, Order


async def owned_order(ctx: OrdersContext, viewer: Viewer, order_id: UUID) -> Order:
    """The order, if it is the viewer's: its account's, or a guest's whose token is shown.

    Raises:
        NotFound: there is none, or it is somebody else's; nobody learns which.
    """
    async with ctx.db.read() as tx:
        order = await orders.find(tx, order_id)
    if order is None or not _owns(viewer, order):
        raise NotFound("There is no such order, or it is not yours: sign in, or send its Order-Token.")
    return order


def _owns(viewer: Viewer, order: Order) -> bool:
    if order.account_id is not None:
        return viewer.account_id == order.account_id
    shown, kept = viewer.order_token, order.token_hash
    return shown is not None and kept is not None and hmac.compare_digest(shown, kept)


async def order_detail(ctx: OrdersContext, order_id: UUID) -> tuple[Order, list[HistoryEntry]]:
    """An order with its history, for staff. Raises NotFound."""
    async with ctx.db.read() as tx:
        order = await orders.find(tx, order_id)
        history = await orders.history(tx, order_id)
    if order is None:
        raise NotFound(f"There is no order {order_id}.")
    return order, history
