"""Orders page by page, newest first."""

from __future__ import annotations

from uuid import UUID

from chassis.web import Page, PageParams, pagination
from orders.context import OrdersContext
from orders.store import browsing
from orders.store.orders import Order
from orders.views import OrderView, StaffOrderView


def _before(page: PageParams) -> UUID | None:
    return pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None


def _cut(rows: list[Order], limit: int) -> tuple[list[Order], str | None]:
    """One row more than a page was asked for: whether there is it tells whether there is a next page."""
    more = len(rows) > limit
    return rows[:limit], pagination.encode((rows[limit - 1].id,)) if more else None


async def own_orders(ctx: OrdersContext, account_id: UUID, page: PageParams) -> Page[OrderView]:
    """A page of the customer's own orders, the newest first."""
    async with ctx.db.read() as tx:
        rows = await browsing.of_account(tx, account_id, _before(page), page.limit + 1)
    rows, cursor = _cut(rows, page.limit)
    return Page(items=[OrderView.of(row) for row in rows], next_cursor=cursor)


async def all_orders(
    ctx: OrdersContext, page: PageParams, *, number: str | None, account_id: UUID | None, attention: bool
) -> Page[StaffOrderView]:
    """For staff: all, or those of one number or account, or those that a person must put right."""
    async with ctx.db.read() as tx:
        rows = await browsing.for_staff(
            tx, _before(page), page.limit + 1, number=number, account_id=account_id, attention=attention
        )
    rows, cursor = _cut(rows, page.limit)
    return Page(items=[StaffOrderView.of(row) for row in rows], next_cursor=cursor)
