"""One order, for its owner."""

from __future__ import annotations

import hmac
from uuid import UUID

from chassis.problems import NotFound
from orders.checkout.store import orders
from orders.checkout.store.rows import Order
from orders.context import OrdersContext
from orders.shoppers import Viewer


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
    if order.account_id is not None and viewer.account_id == order.account_id:
        return True
    # A guest's that joined an account: its token opens it as before, the links of its mails too.
    shown, kept = viewer.order_token, order.token_hash
    return shown is not None and kept is not None and hmac.compare_digest(shown, kept)
