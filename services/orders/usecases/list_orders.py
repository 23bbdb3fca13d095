"""List orders page by page, newest first."""

from __future__ import annotations

from uuid import UUID

from orders.context import OrdersContext
from orders.store import browsing
from orders.store.orders import Order


async def list_orders(
    ctx: OrdersContext,
    before: UUID | None,
    limit: int,
    *,
    number: str | None = None,
    account_id: UUID | None = None,
    attention: bool = False,
) -> list[Order]:
    """Orders older than `before` (None: from the newest on); of one number or account, or those that need attention."""
    async with ctx.db.read() as tx:
        return await browsing.browse(tx, before, limit, number=number, account_id=account_id, attention=attention)
