"""Lists of products: for shoppers and for staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from catalog.schemas.admin import AdminCard, AdminPage
from catalog.schemas.public import ProductCard, ProductPage, ProductQuery
from catalog.settings import CatalogSettings
from catalog.store import browse
from catalog.store.browse import Card, Filters, Sort, Status
from chassis import pagination
from chassis.context import Context
from chassis.pagination import PageParams

_PLACES: dict[Sort, Any] = {
    "newest": tuple[UUID],
    "title": tuple[str, UUID],
    "price": tuple[int, UUID],
    "-price": tuple[int, UUID],
}


async def list_products(ctx: Context[CatalogSettings], query: ProductQuery) -> ProductPage:
    """Active products that have a price in the currency.

    Raises:
        Invalid: the cursor is none of a list sorted so, or the shop does not sell in the currency.
    """
    filters = Filters(
        currency=ctx.settings.sold(query.currency, "query.currency"),
        search=query.search,
        product_type=query.type,
        vendor=query.vendor,
        tag=query.tag,
        min_price=query.min_price,
        max_price=query.max_price,
        in_stock=query.in_stock,
    )
    found, more = await _page(ctx, filters, query.sort, query.cursor, query.limit)
    return ProductPage(items=[ProductCard.of(card, filters.currency) for card in found], next_cursor=more)


async def list_for_staff(
    ctx: Context[CatalogSettings],
    params: PageParams,
    *,
    status: Status | None,
    search: str | None,
    currency: str | None,
) -> AdminPage:
    """Products in any status, or in one, that have a price in the currency; newest first.

    Raises:
        Invalid: the cursor is none of this list.
    """
    filters = Filters(currency=currency or ctx.settings.currency, status=status, search=search)
    found, more = await _page(ctx, filters, "newest", params.cursor, params.limit)
    return AdminPage(items=[AdminCard.of(card, filters.currency) for card in found], next_cursor=more)


async def _page(
    ctx: Context[CatalogSettings], filters: Filters, sort: Sort, cursor: str | None, limit: int
) -> tuple[list[Card], str | None]:
    """The products of one page, and the cursor of the next."""
    after: tuple[Any, ...] | None = pagination.decode(cursor, _PLACES[sort]) if cursor else None
    async with ctx.db.read() as tx:
        found = await browse.cards(tx, filters, sort=sort, after=after, limit=limit + 1)
    shown = found[:limit]
    return shown, pagination.encode(shown[-1].place(sort)) if len(found) > limit else None
