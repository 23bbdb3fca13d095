"""Plan a sale of a product, read it, and end it."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.editing import changing
from catalog.editing.domain.sales import MAX_SALES, NewSale, SalePrice, price_faults
from catalog.editing.problems import TooManySales
from catalog.editing.store import products, sales
from catalog.editing.store.sales import Sale
from catalog.store import changes, prices
from chassis import audit
from chassis.db import WriteTx
from chassis.problems import FieldError, Invalid, NotFound
from chassis.resilience import failpoints


async def plan_sale(ctx: CatalogContext, slug: str, version: int | None, wish: NewSale) -> Sale:
    """The lowest price counts, of the variant's own and of all sales that run. A second call with the same id finds
    what the first one made.

    Raises:
        NotFound, VersionChanged, TooManySales. Invalid: an SKU that the product does not have, or its time is over.
    """

    async def body(tx: WriteTx) -> Sale:
        return await sales.by_id(tx, wish.id) or await _plan(tx, slug, version, wish)

    planned = await ctx.db.transact(body)
    await failpoints.point("sale.planned")
    return planned


async def _plan(tx: WriteTx, slug: str, version: int | None, wish: NewSale) -> Sale:
    product = await changing.begin_change(tx, slug, version)
    if await sales.count(tx, product.id) >= MAX_SALES:
        raise TooManySales(f"It has {MAX_SALES} already.", limit=MAX_SALES)
    known = await changes.variants_of(tx, slug, [price.sku for price in wish.prices])
    faults = list(price_faults(wish, set(known)))
    if faults:
        raise Invalid("See `errors` for each field.", errors=faults[:20])
    if not await sales.insert(tx, product.id, wish):
        raise Invalid(errors=[FieldError("ends_at", "This time is over", "past")])
    await prices.sum_up(tx, [product.id])
    planned = {"name": wish.name, "starts_at": wish.starts_at, "ends_at": wish.ends_at, "prices": len(wish.prices)}
    await audit.record(tx, "sale.planned", f"product:{slug}", after={"sale": wish.id, **planned})
    return Sale(wish.id, wish.name, wish.starts_at, wish.ends_at, product.version, len(wish.prices))


async def list_sales(ctx: CatalogContext, slug: str) -> list[Sale]:
    """Those that run or are to come, in the order in which they begin.

    Raises:
        NotFound: there is no product of this slug.
    """
    async with ctx.db.read() as tx:
        found = await sales.of_product(tx, slug)
        if not found and not await products.exists(tx, slug):
            raise NotFound("There is no product of this slug.")
        return found


async def read_sale(ctx: CatalogContext, slug: str, sale_id: UUID) -> tuple[Sale, list[SalePrice]]:
    """A sale with its prices.

    Raises:
        NotFound: the product has no such sale, or it is over.
    """
    async with ctx.db.read() as tx:
        found = next((sale for sale in await sales.of_product(tx, slug) if sale.id == sale_id), None)
        if found is None:
            raise NotFound("The product has no such sale, or it is over.")
        return found, await sales.prices(tx, sale_id)


async def end_sale(ctx: CatalogContext, slug: str, sale_id: UUID, version: int | None) -> int:
    """From now on the variants' own prices count again; the product's version.

    Raises:
        NotFound: the product has no such sale, or it is over. VersionChanged.
    """

    async def body(tx: WriteTx) -> int:
        product = await changing.begin_change(tx, slug, version)
        if not await sales.delete(tx, product.id, sale_id):
            raise NotFound("The product has no such sale, or it is over.")
        await prices.sum_up(tx, [product.id])
        await audit.record(tx, "sale.ended", f"product:{slug}", before={"sale": sale_id})
        return product.version

    return await ctx.db.transact(body)
