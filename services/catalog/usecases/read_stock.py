"""How many units of variants can be ordered now."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.context import CatalogContext
from catalog.domain.stock import StockLevel
from catalog.store import pages
from chassis.problems import NotFound


async def stock_of_skus(ctx: CatalogContext, skus: Sequence[str]) -> list[StockLevel]:
    """Of those of the SKUs that are sold; the others are left out."""
    async with ctx.db.read() as tx:
        return await pages.stock_of_skus(tx, skus)


async def stock_of_product(ctx: CatalogContext, slug: str) -> list[StockLevel]:
    """Of all variants of an active product.

    Raises:
        NotFound: there is none of this slug.
    """
    async with ctx.db.read() as tx:
        found = await pages.stock_of_product(tx, slug)
    if not found:
        raise NotFound("There is no such product, or it is no longer sold.")
    return found
