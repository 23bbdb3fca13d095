"""Endpoints for visitors and search engines: where a page is now, which pages there are, which to leave out.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from catalog.api.hot import CACHE_CONTROL, STALE_SECONDS, TAG, TTL_SECONDS
from catalog.content.api.models import PageFound, PathOfPage
from catalog.content.usecases import map_site
from catalog.content.usecases.find_page import find_page
from catalog.context import CatalogContext, Ctx
from chassis.cache import Encoded, encode, respond
from chassis.limits import public_read
from chassis.problems import NotFound, Unavailable, responses

router = APIRouter(tags=["catalog"], dependencies=[Depends(public_read)])
CONTENT = "/api/v1/content"
SITEMAPS = f"{CONTENT}/sitemaps"
SITEMAP_SECONDS = 600.0
SITEMAP_STALE_SECONDS = 86_400.0
SITEMAP_CACHE_CONTROL = "public, max-age=600"
_XML = "application/xml"
_TEXT = "text/plain; charset=utf-8"
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "As `If-None-Match` says it is"}}
_MAP: dict[int | str, dict[str, Any]] = {
    200: {"description": "As sitemaps.org says", "content": {_XML: {"schema": {"type": "string"}}}},
    **_UNCHANGED,
}
_ROBOTS = "/robots.txt"


@router.get(
    f"{CONTENT}/redirects",
    summary="Where a page is now",
    operation_id="read_redirect",
    response_model=PageFound,
    responses=_UNCHANGED,
)
async def find(
    ctx: Ctx,
    request: Request,
    path: Annotated[PathOfPage, Query(examples=["/collections/summer-2019"])],
) -> Response:
    """For an address where there is no page: by a redirect of the shop, or by a slug that a product had, in one step.
    As old as lists of products may be; carries an ETag.
    """

    async def load() -> bytes:
        return PageFound(to_path=await find_page(ctx, path)).model_dump_json().encode()

    encoded = await ctx.cache.get(f"{CONTENT}/redirects?{path}", TTL_SECONDS, load, tag=TAG, stale=STALE_SECONDS)
    return respond(request, encoded, CACHE_CONTROL)


@router.get(
    SITEMAPS,
    summary="List the sitemaps",
    operation_id="read_sitemap_index",
    response_class=Response,
    responses={**responses(Unavailable), **_MAP},
)
async def read_index(ctx: Ctx, request: Request) -> Response:
    """A sitemap index; `/robots.txt` names it. At most 10 minutes old, or a day while the database or the service shop
    does not answer; carries an ETag.
    """
    encoded = await _kept(ctx, SITEMAPS, lambda: map_site.site_index(ctx, SITEMAPS))
    return respond(request, encoded, SITEMAP_CACHE_CONTROL, _XML)


@router.get(
    f"{SITEMAPS}/{{number}}",
    summary="Read a sitemap",
    operation_id="read_sitemap",
    response_class=Response,
    responses={**responses(NotFound, Unavailable), **_MAP},
)
async def read_file(
    number: Annotated[int, Path(ge=1, le=50_000, description="From 1 on; the index has all", examples=[1])],
    ctx: Ctx,
    request: Request,
) -> Response:
    """Pages of the shop in each of its languages, each with its addresses in all of them: the front page, the list of
    products, collections, categories with products, policies, and products. At most 5,000 addresses in a file. As old
    as the index may be; carries an ETag.
    """
    encoded = await _kept(ctx, f"{SITEMAPS}/{number}", lambda: map_site.site_file(ctx, number))
    if not encoded.body:  # kept as well: to find that there is none takes a look at all products
        raise NotFound("The sitemap has no such file.")
    return respond(request, encoded, SITEMAP_CACHE_CONTROL, _XML)


@router.get(
    _ROBOTS,
    summary="What search engines are to leave out",
    operation_id="read_robots",
    response_class=Response,
    responses={
        200: {"description": "As RFC 9309 says", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **_UNCHANGED,
    },
)
async def robots(ctx: Ctx, request: Request) -> Response:
    """Pages that are of one person, in each language and currency; and where the sitemap is. Carries an ETag."""
    try:
        encoded = await _kept(ctx, _ROBOTS, lambda: map_site.robots(ctx, SITEMAPS))
    except Unavailable:
        # A 503 here keeps search engines out of the whole shop.
        return respond(request, encode(map_site.short_robots(ctx, SITEMAPS)), "no-store", _TEXT)
    return respond(request, encoded, SITEMAP_CACHE_CONTROL, _TEXT)


async def _kept(ctx: CatalogContext, key: str, load: Callable[[], Awaitable[bytes]]) -> Encoded:
    return await ctx.cache.get(key, SITEMAP_SECONDS, load, stale=SITEMAP_STALE_SECONDS)
