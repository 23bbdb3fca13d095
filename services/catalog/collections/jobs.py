"""Periodic work of this room."""

from __future__ import annotations

from catalog.api.hot import TAG
from catalog.collections.store.filling import ANY_UNCHECKED
from catalog.collections.usecases.fill_collections import fill_collections
from catalog.context import CatalogContext

__all__ = ["ANY_UNCHECKED", "keep_collections"]


async def keep_collections(ctx: CatalogContext) -> None:
    """Products that changed enter collections by rule, or leave them; what shoppers read is made anew then."""
    if await fill_collections(ctx):
        await ctx.cache.invalidate(TAG)
