"""The product types of what is sold."""

from __future__ import annotations

from catalog.schemas.public import Categories, CategoryView
from catalog.settings import CatalogSettings
from catalog.store import pages
from chassis.context import Context


async def read_categories(ctx: Context[CatalogSettings], currency: str) -> Categories:
    """Of active products with a price in the currency, by name."""
    async with ctx.db.read() as tx:
        found = await pages.categories(tx, currency)
    return Categories(items=[CategoryView.of(category) for category in found])
