"""One product, as shoppers see it."""

from __future__ import annotations

from catalog.context import CatalogContext
from catalog.store import pages
from catalog.store.pages import Product
from chassis.problems import NotFound


async def read_product(ctx: CatalogContext, slug: str) -> Product:
    """An active product.

    Raises:
        NotFound: there is none of this slug, or it is not active.
    """
    async with ctx.db.read() as tx:
        product = await pages.product(tx, slug)
    if product is None or product.status != "active":
        raise NotFound("There is no such product, or it is no longer sold.")
    return product
