"""Change a product by hand: its texts, its status, its prices."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from catalog.context import CatalogContext
from catalog.events import ProductChanged
from catalog.importing import sanitise_html
from catalog.schemas.admin import AdminProduct, PriceList, ProductPatch
from catalog.store import changes, pages, prices
from chassis import audit, outbox
from chassis.db import ReadTx, WriteTx
from chassis.problems import FieldError, Invalid, NotFound


async def read_any_product(ctx: CatalogContext, slug: str) -> AdminProduct:
    """A product in whatever status.

    Raises:
        NotFound: there is none of this slug.
    """
    async with ctx.db.read() as tx:
        return await _view(tx, slug, ctx.settings.currency)


async def change_product(ctx: CatalogContext, slug: str, patch: ProductPatch) -> AdminProduct:
    """Set what the patch holds.

    Raises:
        NotFound: there is no product of this slug.
    """
    wish = patch.model_dump()
    if patch.description_html is not None:
        # In a thread: it takes as long as 20 shoppers' reads, and they must not wait for it.
        wish["description_html"], _ = await asyncio.to_thread(sanitise_html, patch.description_html)
    async with ctx.db.write() as tx:
        before = await changes.lock_fields(tx, slug)
        await _publish(tx, await changes.change(tx, slug, **wish))
        await _record(tx, slug, before, wish)
        view = await _view(tx, slug, ctx.settings.currency)
    return view


async def set_prices(ctx: CatalogContext, slug: str, wish: PriceList) -> AdminProduct:
    """Set or remove prices of the product's variants in one currency. Repeated, it changes nothing more.

    Raises:
        NotFound: there is no product of this slug. Invalid: it has no variant of one of the SKUs, or one stands twice.
    """

    async def body(tx: WriteTx) -> AdminProduct:
        product_id = await _publish(tx, await changes.touch(tx, slug))
        ids = await changes.variants_of(tx, slug, [price.sku for price in wish.prices])
        _known([price.sku for price in wish.prices], set(ids))
        before = await prices.of_variants(tx, list(ids.values()), wish.currency)
        for price in sorted(wish.prices, key=lambda price: ids[price.sku]):
            if price.amount is None:
                await prices.remove_price(tx, ids[price.sku], wish.currency)
            else:
                await prices.set_price(tx, ids[price.sku], wish.currency, price.amount, price.compare_at)
        await prices.sum_up(tx, [product_id])
        await audit.record(
            tx,
            "prices.set",
            f"product:{slug}",
            before={"currency": wish.currency, "prices": before},
            after=wish.model_dump(),
        )
        return await _view(tx, slug, ctx.settings.currency)

    return await ctx.db.transact(body)


def _known(skus: list[str], known: set[str]) -> None:
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


async def _publish(tx: WriteTx, changed: changes.Change | None) -> UUID:
    if changed is None:
        raise NotFound("There is no product of this slug.")
    await outbox.publish(tx, "product", changed.id, changed.version, ProductChanged(changed.id, changed.slug))
    return changed.id


async def _view(tx: ReadTx, slug: str, currency: str) -> AdminProduct:
    product = await pages.product(tx, slug)
    if product is None:
        raise NotFound("There is no product of this slug.")
    return AdminProduct.of(product, currency)
