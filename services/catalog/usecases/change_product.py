"""Change a product by hand: its texts, its status, its prices."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from catalog.context import CatalogContext
from catalog.domain.products import ProductChanges, SkuPrice
from catalog.events import publish_products
from catalog.importing import sanitise_html
from catalog.store import changes, pages, prices
from catalog.store.pages import Product
from chassis import audit
from chassis.db import ReadTx, WriteTx
from chassis.problems import FieldError, Invalid, NotFound
from chassis.web import check_version


async def read_any_product(ctx: CatalogContext, slug: str) -> Product:
    """A product in whatever status.

    Raises:
        NotFound: there is none of this slug.
    """
    async with ctx.db.read() as tx:
        return await _product(tx, slug)


async def change_product(ctx: CatalogContext, slug: str, wish: ProductChanges, version: int | None = None) -> Product:
    """Set the fields that are not None; of this version, if one is named.

    Raises:
        NotFound: there is no product of this slug. VersionChanged: it is not of this version.
    """
    if wish.description_html is not None:
        # In a thread: it takes as long as 20 shoppers' reads, and they must not wait for it.
        clean, _ = await asyncio.to_thread(sanitise_html, wish.description_html)
        wish = replace(wish, description_html=clean)
    async with ctx.db.write() as tx:
        before = await changes.lock_fields(tx, slug)
        await _change(tx, slug, wish, version)
        if before:
            await _record(tx, slug, asdict(before), asdict(wish))
        product = await _product(tx, slug)
    return product


async def set_prices(
    ctx: CatalogContext, slug: str, currency: str, wish: Sequence[SkuPrice], version: int | None = None
) -> Product:
    """Set or remove prices of the product's variants in one currency. Repeated, it changes nothing more.

    Raises:
        NotFound: there is no product of this slug. VersionChanged: it is not of this version. Invalid: it has no
        variant of one of the SKUs, or one stands twice.
    """

    async def body(tx: WriteTx) -> Product:
        product_id = await _change(tx, slug, ProductChanges(), version)
        skus = [price.sku for price in wish]
        ids = await changes.variants_of(tx, slug, skus)
        _check(skus, set(ids))
        before = await prices.of_variants(tx, list(ids.values()), currency)
        await prices.set_prices(tx, currency, {ids[price.sku]: price for price in wish})
        await prices.sum_up(tx, [product_id])
        was, now = ({"currency": currency, "prices": [asdict(each) for each in some]} for some in (before, wish))
        await audit.record(tx, "prices.set", f"product:{slug}", before=was, after=now)
        return await _product(tx, slug)

    return await ctx.db.transact(body)


def _check(skus: list[str], known: set[str]) -> None:
    errors = [
        FieldError(f"prices.{place}.sku", "The product has no variant with this SKU", "unknown_sku")
        for place, sku in enumerate(skus)
        if sku not in known
    ]
    errors += [
        FieldError(f"prices.{place}.sku", "This SKU stands twice in the list", "duplicate_sku")
        for place, sku in enumerate(skus)
        if sku in skus[:place]
    ]
    if errors:
        raise Invalid("See `errors` for each field.", errors=errors[:20])


async def _record(tx: WriteTx, slug: str, before: dict[str, Any], wish: dict[str, Any]) -> None:
    """The fields that differ; of a description only that it does, since it may be long."""
    differ = [name for name, value in wish.items() if value is not None and value != before[name]]
    was, now = ({name: fields[name] for name in differ} for fields in (before, wish))
    if "description_html" in differ:
        was["description_html"], now["description_html"] = "before", "changed"
    if differ:
        await audit.record(tx, "product.changed", f"product:{slug}", before=was, after=now)


async def _change(tx: WriteTx, slug: str, wish: ProductChanges, version: int | None) -> UUID:
    """Change the product, with its event; its id."""
    changed = await changes.change(tx, slug, wish)
    if changed is None:
        raise NotFound("There is no product of this slug.")
    # The row is locked now; a refusal takes the change back.
    check_version(version, changed.version - 1)
    await publish_products(tx, [changed])
    return changed.id


async def _product(tx: ReadTx, slug: str) -> Product:
    product = await pages.product(tx, slug)
    if product is None:
        raise NotFound("There is no product of this slug.")
    return product
