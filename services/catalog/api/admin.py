"""For staff: imports, stock, products."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from catalog.api.hot import TAG
from catalog.api.public import SlugInPath
from catalog.problems import NotAnExport, StockDiffers, StockReserved, UnclearEncoding
from catalog.schemas.admin import (
    AdminPage,
    AdminProduct,
    Encoding,
    ImportReport,
    PriceList,
    ProductPatch,
    StockAdjustment,
    StockLevel,
    StockSetting,
)
from catalog.schemas.public import Sku
from catalog.settings import Ctx
from catalog.shopify import NotAnExport as Unreadable
from catalog.shopify import UnclearEncoding as Unclear
from catalog.store.browse import ProductStatus
from catalog.usecases import change_product, change_stock
from catalog.usecases.import_export import import_export
from catalog.usecases.import_plan import Options
from catalog.usecases.list_products import list_for_staff
from chassis.auth import Principal, require
from chassis.limits import account, limit
from chassis.problems import (
    IdempotencyKeyReused,
    IdempotencyKeyRunning,
    MissingIdempotencyKey,
    NotFound,
    UnsupportedMedia,
    responses,
)
from chassis.web import Currency, IdempotentResponse, Paged, PriceCurrency, SingleLine, bodies, idempotent
from chassis.web.idempotency_key import IdempotencyKey

router = APIRouter(prefix="/api/v1/admin", tags=["staff: catalog"])

Reader = Annotated[Principal, Depends(require("catalog:read"))]
Writer = Annotated[Principal, Depends(require("catalog:write"))]
Stockist = Annotated[Principal, Depends(require("stock:write"))]
SkuInPath = Annotated[Sku, Path(description="The variant's SKU")]

PricesIn = Annotated[
    PriceCurrency | None,
    Query(description="Of the prices in the file; the shop's own if it is left out", examples=["EUR"]),
]
StockIs = Annotated[
    Literal["keep", "overwrite"] | None,
    Query(
        description="Of variants that are here already: `overwrite` sets it, never below what is held for orders. Left "
        "out: a file of nothing but stock sets it, any other keeps it",
        examples=["keep"],
    ),
]
WrittenIn = Annotated[
    Encoding | None,
    Query(description="What the file is written in; found out if it is left out, or asked for", examples=["utf-8"]),
]
WithoutPricesIn = Annotated[
    PriceCurrency | None,
    Query(
        description="Take away the prices in this currency of the products in the file, but for those it sets",
        examples=["USD"],
    ),
]

MAX_FILE = 10_000_000
_CSV = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string", "maxLength": MAX_FILE},
                "example": "Handle,Title,Variant SKU,Variant Price\nsmall-print,Small Print,SMALL-1,25.00\n",
            }
        },
    }
}


@router.post(
    "/imports",
    summary="Import a Shopify product export",
    responses=responses(NotAnExport, UnclearEncoding),
    dependencies=[Depends(limit("imports", "20/min", by=account, fail="closed"))],
    openapi_extra=_CSV,
    max_body_size=MAX_FILE,
)
async def import_file(
    ctx: Ctx,
    who: Writer,
    request: Request,
    currency: PricesIn = None,
    stock: StockIs = None,
    encoding: WrittenIn = None,
    remove_prices: WithoutPricesIn = None,
) -> ImportReport:
    """Creates and updates products by handle, variants by options, else by SKU; repeating it changes nothing more. What
    has no column in the file stays as it is. Up to 10 MB.

    Every row that was refused is counted, and listed with the reason. Pictures are fetched in the background: those
    that could not be fetched are listed at `/api/v1/admin/pictures`.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        raise UnsupportedMedia("Send the file as it is, with Content-Type: text/csv.")
    options = Options(
        currency or ctx.settings.currency,
        overwrite_stock=stock == "overwrite",
        remove_prices=remove_prices,
        account_id=who.account_id,
    )
    keep = stock == "keep"
    try:
        done, rows = await import_export(ctx.db, await request.body(), options, encoding=encoding, keep_stock=keep)
    except Unclear as unclear:
        candidates = [{"encoding": name, "line": line} for name, line in unclear.candidates]
        raise UnclearEncoding(unclear.message, candidates=candidates) from None
    except Unreadable as unreadable:
        raise NotAnExport(unreadable.message) from None
    await ctx.cache.invalidate(TAG)
    return ImportReport.of(done, rows=rows, currency=options.currency)


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
    return await list_for_staff(ctx, page, status=status, search=search, currency=currency)


@router.get("/products/{slug}", summary="Read a product in any status", responses=responses(NotFound))
async def read_any_product(slug: SlugInPath, ctx: Ctx, _who: Reader) -> AdminProduct:
    """With all prices, and the variants that have left it."""
    return await change_product.read_any_product(ctx, slug)


@router.patch("/products/{slug}", summary="Change a product", responses=responses(NotFound))
async def patch_product(slug: SlugInPath, patch: ProductPatch, ctx: Ctx, _who: Writer) -> AdminProduct:
    """What is left out stays as it is. A product that is not active can neither be seen nor ordered."""
    changed = await change_product.change_product(ctx, slug, patch)
    await ctx.cache.invalidate(TAG)
    return changed


@router.put("/products/{slug}/prices", summary="Set prices in one currency", responses=responses(NotFound))
@bodies.limited_to(keys=7_000)
async def put_prices(slug: SlugInPath, wish: PriceList, ctx: Ctx, _who: Writer) -> AdminProduct:
    """Of some of the product's variants, all or none. Orders that are placed keep their price."""
    changed = await change_product.set_prices(ctx, slug, wish)
    await ctx.cache.invalidate(TAG)
    return changed


# An adjustment's address is tried first: an SKU may hold a slash.
@router.post(
    "/stock/{sku:path}/adjustments",
    summary="Add to the stock, or take from it",
    operation_id="adjust_stock",
    response_model=StockLevel,
    responses=responses(NotFound, StockReserved, MissingIdempotencyKey, IdempotencyKeyReused, IdempotencyKeyRunning),
)
async def adjust(sku: SkuInPath, wish: StockAdjustment, ctx: Ctx, who: Stockist, key: IdempotencyKey) -> Response:
    """For goods that came in, were lost or came back. Units held for orders cannot be taken away."""
    scope = f"stock.adjust:{who.account_id}"

    async def work(operation_id: UUID) -> IdempotentResponse:
        level = await change_stock.adjust_stock(ctx, sku, wish, account_id=who.account_id, operation_id=operation_id)
        return IdempotentResponse(200, level)

    return await idempotent(ctx, scope=scope, key=key, request={"sku": sku, **wish.model_dump()}, work=work)


@router.put("/stock/{sku:path}", summary="Set the stock", responses=responses(NotFound, StockDiffers, StockReserved))
async def put_stock(sku: SkuInPath, wish: StockSetting, ctx: Ctx, who: Stockist) -> StockLevel:
    """For what was counted. With `expected_on_hand` it is refused when somebody else was quicker."""
    return await change_stock.set_stock(ctx, sku, wish, account_id=who.account_id)


@router.get("/stock/{sku:path}", summary="Read the stock", responses=responses(NotFound))
async def read_stock_level(sku: SkuInPath, ctx: Ctx, _who: Reader) -> StockLevel:
    """What is on hand and what of it is held for orders, as it is this moment."""
    return await change_stock.read_stock_level(ctx, sku)
