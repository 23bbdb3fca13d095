"""Endpoints for shoppers: collections and the tree of categories.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from catalog.api.hot import CACHE_CONTROL, STALE_SECONDS, TAG, TTL_SECONDS
from catalog.api.public import MOVED
from catalog.api.schemas.public import Language, ProductPage, Slug, card
from catalog.collections.api.category_models import CategoryTree
from catalog.collections.api.models import CollectionCard, CollectionView
from catalog.collections.usecases import read_categories, read_collections
from catalog.collections.usecases.list_shelf import list_shelf
from catalog.context import CatalogContext, Ctx
from catalog.problems import Moved
from catalog.usecases.translate import translated_cards
from chassis.cache import respond
from chassis.limits import public_read
from chassis.problems import NotFound, responses
from chassis.web import Currency, Page, Paged, pagination

router = APIRouter(tags=["catalog"], dependencies=[Depends(public_read)])
COLLECTIONS = "/api/v1/collections"
# The place of the slug in addresses of one collection.
_SLUG = 4
SlugInPath = Annotated[Slug, Path(description="The collection's slug")]
SoldIn = Annotated[
    Currency | None, Query(description="Of the prices, one that the shop sells in; its default if not given")
]
InLanguage = Annotated[
    Language | None,
    Query(description="Texts in this language, as far as there are; the shop's own if not given", examples=["de"]),
]
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "As `If-None-Match` says it is"}}


async def cached(
    ctx: CatalogContext,
    request: Request,
    key: tuple[object, ...],
    load: Callable[[], Awaitable[bytes]],
    seconds: float = TTL_SECONDS,
) -> Response:
    """What `load` gives, kept as lists of products are. `key`: all that the answer depends on."""
    name = f"{request.url.path}?{key}"
    try:
        encoded = await ctx.cache.get(name, seconds, load, tag=TAG, stale=STALE_SECONDS)
    except Moved as moved:
        raise moved.at(request.url.path, request.url.query, segment=_SLUG) from None
    return respond(request, encoded, CACHE_CONTROL)


@router.get(
    COLLECTIONS,
    summary="List collections",
    operation_id="list_collections",
    response_model=Page[CollectionCard],
    responses=UNCHANGED,
)
async def list_all(ctx: Ctx, request: Request, page: Paged, language: InLanguage = None) -> Response:
    """Newest first. As old as lists of products may be; carries an ETag."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None

    async def load() -> bytes:
        found = await read_collections.list_collections(
            ctx, before, page.limit + 1, published_only=True, language=language
        )
        shown = found[: page.limit]
        more = pagination.encode((shown[-1].id,)) if len(found) > page.limit else None
        items = [CollectionCard(slug=each.slug, title=each.title, updated_at=each.updated_at) for each in shown]
        return Page(items=items, next_cursor=more).model_dump_json().encode()

    return await cached(ctx, request, (before, page.limit, language), load)


@router.get(
    f"{COLLECTIONS}/{{slug}}",
    summary="Read a collection",
    operation_id="read_collection",
    response_model=CollectionView,
    responses={**MOVED, **responses(NotFound), **UNCHANGED},
)
async def read(slug: SlugInPath, ctx: Ctx, request: Request, language: InLanguage = None) -> Response:
    """Without its products. As old as lists of products may be; carries an ETag. A slug that it had before leads to
    where it is now.
    """

    async def load() -> bytes:
        found = await read_collections.published_collection(ctx, slug, language)
        return CollectionView.model_validate(found, from_attributes=True).model_dump_json().encode()

    return await cached(ctx, request, (language,), load)


@router.get(
    f"{COLLECTIONS}/{{slug}}/products",
    summary="List the products of a collection",
    operation_id="list_collection_products",
    response_model=ProductPage,
    responses={**MOVED, **responses(NotFound), **UNCHANGED},
)
async def list_products(
    slug: SlugInPath, ctx: Ctx, request: Request, page: Paged, currency: SoldIn = None, language: InLanguage = None
) -> Response:
    """By hand in the order of the shop, by rule newest first. As old as lists of products may be; carries an ETag."""
    shown_in = ctx.settings.sold(currency, "query.currency")

    async def load() -> bytes:
        found, more = await list_shelf(ctx, slug, shown_in, page)
        shown = await translated_cards(ctx, found, language)
        return msgspec.json.encode({"items": [card(each, shown_in) for each in shown], "next_cursor": more})

    return await cached(ctx, request, (shown_in, page.limit, page.cursor, language), load)


@router.get(
    "/api/v1/category-tree",
    summary="Read the tree of categories",
    operation_id="read_category_tree",
    response_model=CategoryTree,
    responses=UNCHANGED,
)
async def read_tree(ctx: Ctx, request: Request, currency: SoldIn = None, language: InLanguage = None) -> Response:
    """All of it: at most 1,000. As old as lists of products may be; carries an ETag."""
    shown_in = ctx.settings.sold(currency, "query.currency")

    async def load() -> bytes:
        return msgspec.json.encode({"items": await read_categories.category_tree(ctx, shown_in, language)})

    return await cached(ctx, request, (shown_in, language), load)
