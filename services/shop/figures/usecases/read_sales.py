"""Read what was sold, by day, week or month."""

from __future__ import annotations

from shop.context import ShopContext
from shop.figures.domain.period import By, Period
from shop.figures.store import reports
from shop.figures.store.reports import Sales, Zone


async def read_sales(ctx: ShopContext, period: Period, by: By, currency: str | None) -> tuple[list[Sales], list[Zone]]:
    """The figures, and the time zones that counted in these days."""
    async with ctx.db.report() as tx:
        return await reports.sales(tx, period, by, currency), await reports.zones(tx, period)
