"""Count by what a list of products can be narrowed."""

from __future__ import annotations

from catalog.collections.store import facets
from catalog.collections.store.facets import Facets
from catalog.context import CatalogContext
from catalog.store.browse import Filters
from catalog.usecases.list_products import SearchSlots


async def count_facets(ctx: CatalogContext, filters: Filters) -> Facets:
    """It reads all products that the filters let through, so few run at once. Raises Unavailable."""
    async with ctx.get(SearchSlots).take(), ctx.db.read() as tx:
        return await facets.facets(tx, filters)
