"""Read what was sold, by country."""

from __future__ import annotations

from shop.context import ShopContext
from shop.figures.domain.period import Period
from shop.figures.store import reports
from shop.figures.store.reports import CountrySales, Zone


async def read_countries(
    ctx: ShopContext, period: Period, currency: str | None
) -> tuple[list[CountrySales], list[Zone]]:
    """The figures, and the time zones that counted in these days."""
    async with ctx.db.report() as tx:
        return await reports.countries(tx, period, currency), await reports.zones(tx, period)
