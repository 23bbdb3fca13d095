"""Read what was sold, by product."""

from __future__ import annotations

from uuid import UUID

from chassis.web import PageParams, pagination
from shop.context import ShopContext
from shop.figures.domain.period import Period
from shop.figures.store import reports
from shop.figures.store.reports import ProductSales


async def read_products(
    ctx: ShopContext, period: Period, currency: str, page: PageParams
) -> tuple[list[ProductSales], str | None]:
    """A page of the figures, and the cursor of the next one.

    Raises:
        Invalid: the cursor is none of this list.
    """
    after: tuple[int, UUID] | None = pagination.decode(page.cursor, tuple[int, UUID]) if page.cursor else None
    async with ctx.db.report() as tx:
        found = await reports.products(tx, period, currency, after, page.limit + 1)
    shown = found[: page.limit]
    more = len(found) > page.limit
    return shown, pagination.encode((shown[-1].net, shown[-1].product_id)) if more else None
