"""Products that are shown beside another."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from catalog.collections.store import listing, members, related
from catalog.collections.usecases.set_products import check_products
from catalog.collections.usecases.touch_products import touch_products
from catalog.context import CatalogContext
from catalog.store.browse import Card
from chassis import audit
from chassis.db import ReadTx, WriteTx
from chassis.problems import FieldError, Invalid, NotFound

SHOWN = 12
# Some of what is alike may not be sold in the currency.
_CANDIDATES, _OF_EACH_KIND = 60, 40


async def related_cards(ctx: CatalogContext, slug: str, currency: str) -> list[Card]:
    """For shoppers. Raises NotFound."""
    async with ctx.db.read() as tx:
        product_id = await related.active(tx, slug)
        if product_id is None:
            raise NotFound("There is no such product, or it is no longer sold.")
        found = await related.beside(tx, product_id, _OF_EACH_KIND, _CANDIDATES)
        return await listing.cards_of(tx, found, currency, SHOWN)


async def chosen_products(ctx: CatalogContext, slug: str) -> list[UUID]:
    """Those that staff chose. Raises NotFound."""
    async with ctx.db.read() as tx:
        return await related.chosen(tx, await _known(tx, slug))


async def choose_products(ctx: CatalogContext, slug: str, wanted: Sequence[UUID]) -> None:
    """Choose these, in this order. The product gets a new version where that changes something.

    Raises:
        NotFound. Invalid: there is no such product, one stands twice, or it is the product itself.
    """

    async def body(tx: WriteTx) -> None:
        product_id = await _known(tx, slug)
        there = await members.lock_products(tx, sorted({product_id, *wanted}))
        check_products(wanted, there)
        if product_id in wanted:
            field = f"product_ids.{list(wanted).index(product_id)}"
            wrong = FieldError(field, "A product cannot be shown beside itself", "itself")
            raise Invalid("See `errors` for each field.", errors=[wrong])
        before = await related.chosen(tx, product_id)
        if before == list(wanted):
            return
        await related.replace(tx, product_id, wanted)
        await touch_products(tx, [product_id])
        was, now = {"products": before}, {"products": list(wanted)}
        await audit.record(tx, "product.related_set", f"product:{slug}", before=was, after=now)

    await ctx.db.transact(body)


async def _known(tx: ReadTx, slug: str) -> UUID:
    product_id = await related.product(tx, slug)
    if product_id is None:
        raise NotFound("There is no product of this slug.")
    return product_id
