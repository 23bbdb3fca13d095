"""The tree of categories as staff and shoppers read it."""

from __future__ import annotations

from catalog.collections.store import categories
from catalog.collections.store.categories import Category, Shown
from catalog.context import CatalogContext
from catalog.store import translations
from catalog.usecases.translate import titled


async def category_tree(ctx: CatalogContext, currency: str, language: str | None = None) -> list[Shown]:
    """For shoppers: parents first, with the number of products that are sold in the currency; where a language is
    named, with titles in that.
    """
    async with ctx.db.read() as tx:
        found = await categories.shown(tx, currency)
        if language is None or not found:
            return found
        titles = await translations.titles_of(tx, "category", [each.id for each in found], language)
    return [titled(each, titles.get(each.id)) for each in found]


async def all_categories(ctx: CatalogContext) -> list[Category]:
    """For staff: parents first."""
    async with ctx.db.read() as tx:
        return await categories.everything(tx)
