"""Make a draft of a product that is there."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.editing import changing
from catalog.editing.domain.drafts import slug_candidates
from catalog.editing.problems import SlugTaken
from catalog.editing.store import copies, products
from catalog.editing.store.products import Summary
from catalog.events import ChangedProduct, publish_products
from catalog.importing.shopify.text import slug as slug_of
from catalog.store import prices
from chassis import audit
from chassis.db import WriteTx
from chassis.problems import NotFound


async def duplicate_product(
    ctx: CatalogContext, source: str, product_id: UUID, *, slug: str | None, title: str | None
) -> Summary:
    """The copy gets this id: a second call with it finds what the first one made.

    Raises:
        NotFound, SlugTaken, TooManyVariants. SkuTaken: an SKU that the copy would have.
    """

    async def body(tx: WriteTx) -> Summary:
        done = await products.summary(tx, product_id)
        if done is not None:
            return done
        found = await copies.lock_source(tx, source)
        if found is None:
            raise NotFound("There is no product of this slug.")
        name = title or found[1]
        slugs = [slug] if slug else slug_candidates(slug_of(name), product_id)
        own = await _insert(tx, found[0], product_id, slugs, name)
        changing.refuse_too_many(await copies.rows(tx, found[0], product_id, product_id.hex[-8:]))
        await prices.sum_up(tx, [product_id])
        await publish_products(tx, [ChangedProduct(product_id, own, version=1)])
        await audit.record(tx, "product.duplicated", f"product:{own}", after={"source": source})
        return await products.written(tx, product_id)

    return await changing.write(ctx, body)


async def _insert(tx: WriteTx, source: UUID, product_id: UUID, slugs: list[str], title: str) -> str:
    for slug in slugs:
        if await copies.product(tx, source, product_id, slug, title):
            return slug
    raise SlugTaken(f"Another product is at {slugs[0]}.")
