"""The product types of the products that are sold."""

from __future__ import annotations

from catalog.context import CatalogContext
from catalog.store import pages
from catalog.store.pages import Category


async def read_categories(ctx: CatalogContext, currency: str) -> list[Category]:
    """Of active products with a price in the currency, by name."""
    async with ctx.db.read() as tx:
        return await pages.categories(tx, currency)
