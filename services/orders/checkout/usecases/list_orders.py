"""List the orders of an account page by page, newest first."""

from __future__ import annotations

from uuid import UUID

from orders.checkout.store import browsing
from orders.checkout.store.rows import Order
from orders.context import OrdersContext


async def list_orders(ctx: OrdersContext, account_id: UUID, before: UUID | None, limit: int) -> list[Order]:
    """Orders of the account that are older than `before` (None: from the newest on)."""
    async with ctx.db.read() as tx:
        return await browsing.browse(tx, account_id, before, limit)
