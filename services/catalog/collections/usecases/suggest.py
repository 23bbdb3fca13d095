"""Suggest products, collections and categories while a shopper types."""

from __future__ import annotations

import msgspec

from catalog.collections.store import suggestions
from catalog.collections.store.suggestions import Named
from catalog.context import CatalogContext
from catalog.store import browse
from catalog.store.browse import Card, Filters
from catalog.store.search import search_terms
from catalog.usecases.list_products import SearchSlots

PRODUCTS, OTHERS = 6, 3


class Suggested(msgspec.Struct, frozen=True):
    """What somebody may mean."""

    products: list[Card]
    collections: list[Named]
    categories: list[Named]


async def suggest(ctx: CatalogContext, typed: str, currency: str) -> Suggested:
    """The newest products with words that begin so, collections and categories. Raises Unavailable."""
    async with ctx.get(SearchSlots).take(), ctx.db.read() as tx:
        asked = await search_terms(tx, typed)
        products = await browse.cards(tx, Filters(currency), asked, sort="newest", after=None, limit=PRODUCTS)
        collections = await suggestions.collections(tx, typed, OTHERS)
        categories = await suggestions.categories(tx, typed, OTHERS)
    return Suggested(products, collections, categories)
