"""Endpoints for staff: products, prices and stock."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from catalog.api.hot import TAG
from catalog.api.public import SlugInPath
from catalog.api.schemas.admin import (
    AdminPage,
    AdminProduct,
    PriceList,
    ProductPatch,
    StockAdjustment,
    StockLevel,
    StockSetting,
    admin_card,
    admin_product,
)
from catalog.api.schemas.public import Sku
from catalog.context import CatalogContext, Ctx
from catalog.domain import stock
from catalog.domain.products import ProductChanges, ProductStatus, SkuPrice
from catalog.problems import StockDiffers, StockReserved
from catalog.store.browse import Filters
from catalog.store.pages import Product
from catalog.usecases import change_product, change_stock
from catalog.usecases.list_products import list_products
from chassis.auth import Principal, require
from chassis.problems import (
    NotFound,
    responses,
)
from chassis.web import (
    IDEMPOTENCY_PROBLEMS,
    PRECONDITION_PROBLEMS,
    Currency,
    IdempotencyKey,
    IdempotentResponse,
    IfMatch,
    Paged,
    SingleLine,
    bodies,
    etag,
    idempotent,
)

router = APIRouter(prefix="/api/v1/admin", tags=["staff: catalog"])

Reader = Annotated[Principal, Depends(require("catalog:read"))]
Writer = Annotated[Principal, Depends(require("catalog:write"))]
Stockist = Annotated[Principal, Depends(require("stock:write"))]
SkuInPath = Annotated[Sku, Path(description="The variant's SKU")]


@router.get("/products", summary="List products in any status")
async def list_any_products(
    ctx: Ctx,
    _who: Reader,
    page: Paged,
    status: Annotated[ProductStatus | None, Query(description="Only those in it")] = None,
    search: Annotated[SingleLine | None, Query(description="As in the public list")] = None,
    currency: Annotated[Currency | None, Query(description="Only products that have a price in it")] = None,
) -> AdminPage:
    """Newest first."""
    shown_in = currency or ctx.settings.currency
    found, more = await list_products(ctx, Filters(shown_in, status=status), page, search=search)
    return AdminPage(items=[admin_card(each, shown_in) for each in found], next_cursor=more)


@router.get("/products/{slug}", summary="Read a product in any status", responses=responses(NotFound))
async def read_any_product(slug: SlugInPath, ctx: Ctx, _who: Reader, response: Response) -> AdminProduct:
    """With all prices, and the variants that have left it. Its ETag is what `If-Match` names in a change."""
    return _shown(ctx, await change_product.read_any_product(ctx, slug), response)


@router.patch("/products/{slug}", summary="Change a product", responses=responses(NotFound, *PRECONDITION_PROBLEMS))
async def patch_product(
    slug: SlugInPath, patch: ProductPatch, version: IfMatch, ctx: Ctx, _who: Writer, response: Response
) -> AdminProduct:
    """What is left out stays as it is. A product that is not active can neither be seen nor ordered.

    Nothing that was sold is deleted: `archived` takes a product out of the shop, and its orders keep it.
    """
    changed = await change_product.change_product(ctx, slug, ProductChanges(**patch.model_dump()), version)
    await ctx.cache.invalidate(TAG)
    return _shown(ctx, changed, response)


@router.put(
    "/products/{slug}/prices",
    summary="Set prices in one currency",
    responses=responses(NotFound, *PRECONDITION_PROBLEMS),
)
@bodies.limited_to(keys=7_000)
async def put_prices(
    slug: SlugInPath, wish: PriceList, version: IfMatch, ctx: Ctx, _who: Writer, response: Response
) -> AdminProduct:
    """Of some of the product's variants, all or none. Orders that are placed keep their price."""
    prices = [SkuPrice(**price.model_dump()) for price in wish.prices]
    changed = await change_product.set_prices(ctx, slug, wish.currency, prices, version)
    await ctx.cache.invalidate(TAG)
    return _shown(ctx, changed, response)


# Before the other routes of stock: an SKU may contain a slash.
@router.post(
    "/stock/{sku:path}/adjustments",
    summary="Add to the stock, or take from it",
    operation_id="adjust_stock",
    response_model=StockLevel,
    responses=responses(NotFound, StockReserved, *IDEMPOTENCY_PROBLEMS),
)
async def adjust(sku: SkuInPath, wish: StockAdjustment, ctx: Ctx, who: Stockist, key: IdempotencyKey) -> Response:
    """For goods that came in, were lost or came back. Units held for orders cannot be taken away."""
    scope = f"stock.adjust:{who.account_id}"

    async def work(operation_id: UUID) -> IdempotentResponse:
        level = await change_stock.adjust_stock(
            ctx, sku, wish.delta, reason=wish.reason, account_id=who.account_id, operation_id=operation_id
        )
        return IdempotentResponse(200, _stock_level(level))

    return await idempotent(ctx, scope=scope, key=key, request={"sku": sku, **wish.model_dump()}, work=work)


@router.put("/stock/{sku:path}", summary="Set the stock", responses=responses(NotFound, StockDiffers, StockReserved))
async def put_stock(sku: SkuInPath, wish: StockSetting, ctx: Ctx, who: Stockist) -> StockLevel:
    """For what was counted. With `expected_on_hand` it is refused when the stock has changed since."""
    level = await change_stock.set_stock(
        ctx,
        sku,
        wish.on_hand,
        tracked=wish.tracked,
        backorder=wish.backorder,
        expected=wish.expected_on_hand,
        account_id=who.account_id,
    )
    return _stock_level(level)


@router.get("/stock/{sku:path}", summary="Read the stock", responses=responses(NotFound))
async def read_stock_level(sku: SkuInPath, ctx: Ctx, _who: Reader) -> StockLevel:
    """What is on hand and what of it is held for orders, as it is this moment."""
    return _stock_level(await change_stock.read_stock_level(ctx, sku))


def _shown(ctx: CatalogContext, product: Product, response: Response) -> AdminProduct:
    response.headers["ETag"] = etag(product.version)
    return admin_product(product, ctx.settings.currency)


def _stock_level(level: stock.StockLevel) -> StockLevel:
    return StockLevel.model_validate(level, from_attributes=True)
