"""Count the endpoints that staff have to look at, for the shared gauge."""

from __future__ import annotations

from chassis.service.readings import Reading
from shop.context import ShopContext
from shop.webhooks import metrics
from shop.webhooks.store import endpoints


async def count_off(ctx: ShopContext) -> None:
    """Set the gauge."""
    async with ctx.db.report() as tx:
        metrics.off.set(await endpoints.count_off(tx))


READING = Reading("webhooks off", count_off, (metrics.off,), every=2)
