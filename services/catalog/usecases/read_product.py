"""One product, as shoppers see it."""

from __future__ import annotations

from typing import Any

from catalog.context import CatalogContext
from catalog.domain.products import is_slug
from catalog.schemas.public import product_view
from catalog.store import pages
from chassis.problems import NotFound


async def read_product(ctx: CatalogContext, slug: str, currency: str | None) -> dict[str, Any]:
    """An active product with its variants, a ProductView as JSON values; prices in `currency`, or the store's.

    Raises:
        NotFound: there is none of this slug, or it is not active.
        Invalid: the shop does not sell in the currency.
    """
    shown_in = ctx.settings.sold(currency, "query.currency")
    async with ctx.db.read() as tx:
        product = await pages.product(tx, slug) if is_slug(slug) else None
    if product is None or product.status != "active":
        raise NotFound("There is no such product, or it is no longer sold.")
    return product_view(product, shown_in)
