"""Endpoints for shoppers: facets, suggestions, related products; and for staff, who choose these.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from catalog.api.hot import TAG, take_search
from catalog.api.public import SlugInPath
from catalog.api.schemas.public import card
from catalog.collections.api.admin import Reader, Writer
from catalog.collections.api.finding_models import (
    FacetCounts,
    FacetQuery,
    ProductCards,
    RelatedProducts,
    Suggestions,
    facet_counts,
    suggestions,
)
from catalog.collections.api.public import UNCHANGED, InLanguage, SoldIn, cached
from catalog.collections.usecases import related_products
from catalog.collections.usecases.count_facets import count_facets
from catalog.collections.usecases.suggest import suggest
from catalog.context import Ctx
from catalog.store.browse import Filters
from catalog.usecases.translate import translated_cards
from chassis.limits import public_read
from chassis.problems import Invalid, NotFound, Unavailable, responses
from chassis.web import SingleLine

router = APIRouter(tags=["catalog"], dependencies=[Depends(public_read)])
staff_router = APIRouter(prefix="/api/v1/admin/products", tags=["staff: catalog"])
# They read much for an answer that many ask for. A change of a product ends them sooner.
FACET_SECONDS = 10.0
Typed = Annotated[SingleLine, Field(min_length=2, max_length=100)]


@router.get(
    "/api/v1/facets",
    summary="Count what products can be filtered by",
    operation_id="read_facets",
    response_model=FacetCounts,
    responses={**responses(Unavailable), **UNCHANGED},
)
async def read_facets(ctx: Ctx, request: Request, query: Annotated[FacetQuery, Query()]) -> Response:
    """With the filters of the list of products. Each facet is counted with all of them but its own, so that it says
    what else could be chosen. At most 11 seconds old; carries an ETag.
    """
    given = query.model_dump(exclude={"currency", "type"})
    shown_in = ctx.settings.sold(query.currency, "query.currency")
    filters = Filters(shown_in, product_type=query.type, **given)

    async def load() -> bytes:
        return msgspec.json.encode(facet_counts(await count_facets(ctx, filters), shown_in))

    return await cached(ctx, request, (filters,), load, FACET_SECONDS)


@router.get(
    "/api/v1/suggestions",
    summary="Suggest while somebody types",
    operation_id="list_suggestions",
    response_model=Suggestions,
    responses={**responses(Unavailable), **UNCHANGED},
    openapi_extra={"x-limits": ["SEARCH_LIMIT"]},
)
async def list_suggestions(
    ctx: Ctx,
    request: Request,
    search: Annotated[Typed, Query(description="The words so far, 2 characters or more", examples=["perf"])],
    currency: SoldIn = None,
) -> Response:
    """Products, collections and categories with words that begin so. At most 11 seconds old; carries an ETag."""
    take_search(ctx, request.scope)
    shown_in = ctx.settings.sold(currency, "query.currency")

    async def load() -> bytes:
        return msgspec.json.encode(suggestions(await suggest(ctx, search, shown_in), shown_in))

    return await cached(ctx, request, (search.casefold(), shown_in), load, FACET_SECONDS)


@router.get(
    "/api/v1/products/{slug}/related",
    summary="Products like this one",
    operation_id="list_related_products",
    response_model=ProductCards,
    responses={**responses(NotFound), **UNCHANGED},
)
async def list_related(
    slug: SlugInPath, ctx: Ctx, request: Request, currency: SoldIn = None, language: InLanguage = None
) -> Response:
    """At most 12: those that the shop chose, then others with the same category, type, vendor or tags. As old as lists
    of products may be; carries an ETag.
    """
    shown_in = ctx.settings.sold(currency, "query.currency")

    async def load() -> bytes:
        related = await related_products.related_cards(ctx, slug, shown_in)
        found = await translated_cards(ctx, related, language)
        return msgspec.json.encode({"items": [card(each, shown_in) for each in found]})

    return await cached(ctx, request, (shown_in, language), load)


@staff_router.get(
    "/{slug}/related",
    summary="Products that staff chose to show beside one",
    operation_id="read_chosen_products",
    responses=responses(NotFound),
)
async def read_chosen(slug: SlugInPath, ctx: Ctx, _who: Reader) -> RelatedProducts:
    """In their order, without those that are found by likeness."""
    return RelatedProducts(product_ids=await related_products.chosen_products(ctx, slug))


@staff_router.put(
    "/{slug}/related",
    summary="Choose products to show beside one",
    operation_id="set_chosen_products",
    responses=responses(Invalid, NotFound),
)
async def set_chosen(slug: SlugInPath, body: RelatedProducts, ctx: Ctx, _who: Writer) -> RelatedProducts:
    """All of them, in their order; none: only those that are like it are shown."""
    await related_products.choose_products(ctx, slug, body.product_ids)
    await ctx.cache.invalidate(TAG)
    return body
