"""What one replica reads from the catalog's database for all of them."""

from __future__ import annotations

from catalog import metrics
from catalog.context import CatalogContext
from catalog.store import stock
from chassis.service.readings import Reading


async def _stock_outs(ctx: CatalogContext) -> None:
    async with ctx.db.read() as tx:
        metrics.stock_outs.set(await stock.stock_outs(tx))


READINGS = [Reading("stock outs", _stock_outs, (metrics.stock_outs,), every=4)]
