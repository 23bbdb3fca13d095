"""The pictures of a product, for staff."""

from __future__ import annotations

from catalog.context import CatalogContext
from catalog.uploads.store import pictures as store
from catalog.uploads.usecases.changing import Pictures
from chassis.problems import NotFound


async def list_pictures(ctx: CatalogContext, slug: str) -> Pictures:
    """All of them, in their order.

    Raises:
        NotFound: there is no product of this slug.
    """
    async with ctx.db.read() as tx:
        # The version first: with an older one than its pictures, a change that names it is refused, and not lost.
        product = await store.product(tx, slug)
        if product is None:
            raise NotFound("There is no product of this slug.")
        return Pictures(await store.pictures(tx, product.id), product.version)
