"""Endpoints for shoppers: products, categories, stock, images."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel

from catalog.api.hot import CACHE_CONTROL, PRODUCTS, STALE_SECONDS, TAG, TTL_SECONDS
from catalog.api.schemas.public import (
    Categories,
    ProductChoice,
    ProductPage,
    ProductQuery,
    ProductView,
    Sku,
    Slug,
    StockList,
)
from catalog.context import Ctx
from catalog.problems import Gone, Moved
from catalog.usecases.read_categories import read_categories
from catalog.usecases.read_media import read_media
from catalog.usecases.read_stock import stock_of_product, stock_of_skus
from chassis.cache import Encoded, respond
from chassis.limits import public_read
from chassis.problems import NotFound, responses
from chassis.web import Currency

router = APIRouter(tags=["catalog"], dependencies=[Depends(public_read)])

SlugInPath = Annotated[Slug, Path(description="The product's slug")]
STOCK_SECONDS = 0.5
# So many of the longest fit into an address, even when each character is escaped as twelve.
MAX_SKUS = 20
STOCK_CACHE_CONTROL = "public, max-age=0, must-revalidate"
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "As `If-None-Match` says it is"}}
# Without the model, which is that of errors alone: FastAPI would list it twice.
MOVED: dict[int | str, dict[str, Any]] = {
    status: {name: value for name, value in answer.items() if name != "model"}
    for status, answer in responses(Moved).items()
}
_IMAGES: dict[str, Any] = {name: {} for name in ("image/svg+xml", "image/png", "image/jpeg", "image/webp")}
_ABOUT_WIDTH = "At least so many pixels wide, as far as the image is; see `sizes` of an image. A drawing fits any width"
# A browser that opens an image as a document runs nothing and fetches nothing.
_IMAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


async def _items(model: type[BaseModel], found: Awaitable[Sequence[object]]) -> bytes:
    """The JSON of a list: `items` of what was found, whose attributes have the names of the model's fields."""
    return model.model_validate({"items": await found}, from_attributes=True).model_dump_json().encode()


@router.get(
    PRODUCTS,
    summary="List, filter and search products",
    responses=_UNCHANGED,
    openapi_extra={"x-limits": ["SEARCH_LIMIT"]},
)
async def list_products(query: Annotated[ProductQuery, Query()]) -> ProductPage:  # type: ignore[empty-body]
    """Active products. Prices are those of the currency; a product without a price in it is not listed.

    At most 2 seconds old, while the database does not answer 5 minutes; carries an ETag.
    """


@router.get(
    f"{PRODUCTS}/{{slug}}", summary="Read a product", responses={**MOVED, **responses(NotFound, Gone), **_UNCHANGED}
)
async def read_product(slug: SlugInPath, choice: Annotated[ProductChoice, Query()]) -> ProductView:  # type: ignore[empty-body]
    """A product with its variants, prices, images and stock; carries an ETag.

    At most 2 seconds old, while the database does not answer 5 minutes. A slug that it had before leads to where it is
    now; of an archived product it is told that it is gone.
    """


@router.get(
    f"{PRODUCTS}/{{slug}}/stock",
    summary="Stock of a product",
    response_model=StockList,
    responses={**responses(NotFound), **_UNCHANGED},
)
async def read_product_stock(slug: SlugInPath, ctx: Ctx, request: Request) -> Response:
    """What can be ordered of each variant now; at most a second old."""
    key = f"{PRODUCTS}/{slug}/stock"
    encoded = await ctx.cache.get(key, STOCK_SECONDS, lambda: _items(StockList, stock_of_product(ctx, slug)))
    return respond(request, encoded, STOCK_CACHE_CONTROL)


@router.get("/api/v1/stock", summary="Stock by SKU", response_model=StockList, responses=_UNCHANGED)
async def read_stock(
    ctx: Ctx,
    request: Request,
    sku: Annotated[list[Sku], Query(min_length=1, max_length=MAX_SKUS, description="One or several")],
) -> Response:
    """What can be ordered of each of the SKUs now; those that are not sold are left out. At most a second old."""
    skus = sorted(set(sku))
    key = f"/api/v1/stock?{skus}"
    encoded = await ctx.cache.get(key, STOCK_SECONDS, lambda: _items(StockList, stock_of_skus(ctx, skus)))
    return respond(request, encoded, STOCK_CACHE_CONTROL)


@router.get("/api/v1/categories", summary="List categories", response_model=Categories, responses=_UNCHANGED)
async def list_categories(
    ctx: Ctx,
    request: Request,
    currency: Annotated[
        Currency | None, Query(description="One that the shop sells in; its default if not given")
    ] = None,
) -> Response:
    """The product types of what is listed in the currency, with their number of products, by name."""
    named = ctx.settings.sold(currency, "query.currency")
    encoded = await ctx.cache.get(
        f"/api/v1/categories?{named}",
        TTL_SECONDS,
        lambda: _items(Categories, read_categories(ctx, named)),
        tag=TAG,
        stale=STALE_SECONDS,
    )
    return respond(request, encoded, CACHE_CONTROL)


@router.get(
    "/api/v1/media/{media_id}",
    summary="Read an image",
    response_class=Response,
    responses={**responses(NotFound), **_UNCHANGED, 200: {"description": "The image", "content": _IMAGES}},
)
async def read_image(
    media_id: UUID,
    ctx: Ctx,
    request: Request,
    width: Annotated[int | None, Query(ge=1, le=10_000, description=_ABOUT_WIDTH, examples=[640])] = None,
) -> Response:
    """The image's bytes, which never change under their address; a placeholder while the image is not here."""
    picture = await read_media(ctx, media_id, width)
    kept = "public, max-age=31536000, immutable" if picture.lasting else "public, max-age=60"
    answer = respond(request, Encoded(picture.content, picture.etag), kept, picture.content_type)
    answer.headers.update(_IMAGE_HEADERS)
    return answer
