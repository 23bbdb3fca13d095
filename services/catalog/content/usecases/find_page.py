"""Where a page is that is not at an address any more."""

from __future__ import annotations

from catalog.content.domain.addresses import page_of, plain, slug_in
from catalog.content.store import redirects
from catalog.context import CatalogContext
from catalog.store import moved


async def find_page(ctx: CatalogContext, asked: str) -> str | None:
    """Where it leads in one step, by a redirect of staff or by the slug that a product had; None: nowhere."""
    path = plain(asked)
    async with ctx.db.read() as tx:
        found = await redirects.target(tx, path) or path
        slug = slug_in(found)
        if slug is not None:
            product = await moved.product(tx, slug)
            found = page_of(product.slug) if product is not None and product.status == "active" else found
    return None if found == path else found
