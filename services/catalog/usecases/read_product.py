"""One product, as shoppers see it."""

from __future__ import annotations

from catalog.context import CatalogContext
from catalog.problems import Gone, Moved
from catalog.store import moved, pages
from catalog.store.pages import Product
from catalog.usecases.translate import translated
from chassis.db import ReadTx
from chassis.problems import NotFound, Problem


async def read_product(ctx: CatalogContext, slug: str, language: str | None = None) -> Product:
    """An active product; where a language is named, in that as far as there are texts in it.

    Raises:
        NotFound: there is none of this slug, or it is not active. Moved: it has another slug now. Gone: it is archived,
        and was active before.
    """
    async with ctx.db.read() as tx:
        product = await pages.product_now(tx, slug)
        if product is None or product.status != "active":
            raise await _why(tx, slug)
        return product if language is None else await translated(tx, product, language)


async def _why(tx: ReadTx, slug: str) -> Problem:
    found = await moved.product(tx, slug)
    if found is not None and found.status == "active" and found.slug != slug:
        return Moved.to(found.slug)
    if found is not None and found.status == "archived" and found.withdrawn:
        return Gone("It was sold here once. See what else there is.")
    return NotFound("There is no such product, or it is no longer sold.")
