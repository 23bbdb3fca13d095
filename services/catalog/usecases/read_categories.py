"""The product types of the products that are sold."""

from __future__ import annotations

from catalog.context import CatalogContext
from catalog.schemas.public import Categories, CategoryView
from catalog.store import pages


async def read_categories(ctx: CatalogContext, currency: str) -> Categories:
    """Of active products with a price in the currency, by name."""
    async with ctx.db.read() as tx:
        found = await pages.categories(tx, currency)
    return Categories(items=[CategoryView.of(category) for category in found])
