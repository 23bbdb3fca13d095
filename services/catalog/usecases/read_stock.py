"""How many units of these SKUs can be ordered now."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.context import CatalogContext
from catalog.domain.products import is_slug
from catalog.schemas.public import StockList, StockView
from catalog.store import pages
from chassis.problems import NotFound


async def stock_of_skus(ctx: CatalogContext, skus: Sequence[str]) -> StockList:
    """Of those of the SKUs that are sold; the others are left out."""
    async with ctx.db.read() as tx:
        found = await pages.stock_of_skus(tx, skus)
    return StockList(items=[StockView.of(stock) for stock in found])


async def stock_of_product(ctx: CatalogContext, slug: str) -> StockList:
    """Of all variants of an active product.

    Raises:
        NotFound: there is none of this slug.
    """
    async with ctx.db.read() as tx:
        found = await pages.stock_of_product(tx, slug) if is_slug(slug) else []
    if not found:
        raise NotFound("There is no such product, or it is no longer sold.")
    return StockList(items=[StockView.of(stock) for stock in found])
