"""Create a product with its variants, their prices and their stock."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

from catalog.context import CatalogContext
from catalog.editing import changing
from catalog.editing.domain.drafts import NewProduct, slug_candidates, variant_faults
from catalog.editing.problems import SlugTaken
from catalog.editing.store import products
from catalog.editing.store.products import Summary
from catalog.events import ChangedProduct, publish_products
from catalog.importing import sanitise_html
from catalog.importing.shopify.text import slug as slug_of
from catalog.store import prices
from chassis import audit
from chassis.db import WriteTx
from chassis.problems import Invalid
from chassis.resilience import failpoints


async def create_product(ctx: CatalogContext, product_id: UUID, wish: NewProduct, account_id: UUID) -> Summary:
    """The product gets this id: a second call with it finds what the first one made.

    Raises:
        Invalid: variants that do not fit. SlugTaken, SkuTaken.
    """
    faults = list(variant_faults(len(wish.options), wish.variants))
    if faults:
        raise Invalid("See `errors` for each field.", errors=faults[:20])
    # In a thread: it takes as long as 20 shoppers' reads, and they must not wait for it.
    clean, _ = await asyncio.to_thread(sanitise_html, wish.description_html)
    product = replace(wish, description_html=clean)
    slugs = [wish.slug] if wish.slug else slug_candidates(slug_of(wish.title), product_id)

    async def body(tx: WriteTx) -> Summary:
        done = await products.summary(tx, product_id)
        if done is not None:
            return done
        slug = await _insert(tx, product_id, slugs, product)
        await changing.add_rows(tx, product_id, product.variants, account_id)
        await prices.sum_up(tx, [product_id])
        await publish_products(tx, [ChangedProduct(product_id, slug, version=1)])
        made = {"title": product.title, "status": product.status, "variants": len(product.variants)}
        await audit.record(tx, "product.created", f"product:{slug}", after=made)
        return await products.written(tx, product_id)

    created = await changing.write(ctx, body)
    await failpoints.point("product.created")
    return created


async def _insert(tx: WriteTx, product_id: UUID, slugs: list[str], product: NewProduct) -> str:
    for slug in slugs:
        if await products.insert(tx, product_id, slug, product):
            return slug
    raise SlugTaken(f"Another product is at {slugs[0]}.")
