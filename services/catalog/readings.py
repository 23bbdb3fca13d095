"""What one replica reads from the catalog's database for all of them."""

from __future__ import annotations

from catalog import metrics
from catalog.context import CatalogContext
from catalog.stockroom import count_low
from catalog.store import stock
from chassis.service.readings import Reading


async def _stock_outs(ctx: CatalogContext) -> None:
    async with ctx.db.read() as tx:
        metrics.stock_outs.set(await stock.stock_outs(tx))


async def _stock_low(ctx: CatalogContext) -> None:
    async with ctx.db.read() as tx:
        metrics.stock_low.set(await count_low(tx))


READINGS = [
    Reading("stock outs", _stock_outs, (metrics.stock_outs,), every=4),
    Reading("low stock", _stock_low, (metrics.stock_low,), every=4),
]
