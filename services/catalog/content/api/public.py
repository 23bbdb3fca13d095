"""Endpoints for visitors and search engines: where a page is now, which pages there are, which to leave out.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from catalog.api.hot import CACHE_CONTROL, STALE_SECONDS, TAG, TTL_SECONDS
from catalog.content.api.models import PageFound, PathOfPage
from catalog.content.usecases import map_site
from catalog.content.usecases.find_page import find_page
from catalog.context import Ctx
from chassis.cache import respond
from chassis.limits import public_read
from chassis.problems import NotFound, responses

router = APIRouter(tags=["catalog"], dependencies=[Depends(public_read)])
CONTENT = "/api/v1/content"
SITEMAPS = f"{CONTENT}/sitemaps"
SITEMAP_SECONDS = 600.0
SITEMAP_CACHE_CONTROL = "public, max-age=600"
_XML = "application/xml"
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "As `If-None-Match` says it is"}}
_MAP: dict[int | str, dict[str, Any]] = {
    200: {"description": "As sitemaps.org says", "content": {_XML: {"schema": {"type": "string"}}}},
    **_UNCHANGED,
}
# Pages that are of one person.
_NOT_FOUND_BY_SEARCH = ("/account/", "/cart", "/checkout", "/orders", "/sign-in", "/sign-up")


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
    SITEMAPS, summary="List the sitemaps", operation_id="read_sitemap_index", response_class=Response, responses=_MAP
)
async def read_index(ctx: Ctx, request: Request) -> Response:
    """A sitemap index; `/robots.txt` names it. At most 10 minutes old; carries an ETag."""
    encoded = await ctx.cache.get(SITEMAPS, SITEMAP_SECONDS, lambda: map_site.site_index(ctx, SITEMAPS))
    return respond(request, encoded, SITEMAP_CACHE_CONTROL, _XML)


@router.get(
    f"{SITEMAPS}/{{number}}",
    summary="Read a sitemap",
    operation_id="read_sitemap",
    response_class=Response,
    responses={**responses(NotFound), **_MAP},
)
async def read_file(
    number: Annotated[int, Path(ge=1, le=1_000, description="From 1 on; the index has all", examples=[1])],
    ctx: Ctx,
    request: Request,
) -> Response:
    """Pages of products that are shown, 5,000 in a file. At most 10 minutes old; carries an ETag."""
    encoded = await ctx.cache.get(f"{SITEMAPS}/{number}", SITEMAP_SECONDS, lambda: map_site.site_file(ctx, number))
    if not encoded.body:  # kept as well: to find that there is none takes a look at all products
        raise NotFound("The sitemap has no such file.")
    return respond(request, encoded, SITEMAP_CACHE_CONTROL, _XML)


@router.get(
    "/robots.txt",
    summary="What search engines are to leave out",
    operation_id="read_robots",
    response_class=Response,
    responses={200: {"description": "As RFC 9309 says", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def robots(ctx: Ctx) -> Response:
    """Pages that are of one person; and where the sitemap is."""
    left_out = "".join(f"Disallow: {path}\n" for path in _NOT_FOUND_BY_SEARCH)
    text = f"User-agent: *\n{left_out}\nSitemap: {map_site.base(ctx)}{SITEMAPS}\n"
    return Response(text, media_type="text/plain", headers={"Cache-Control": SITEMAP_CACHE_CONTROL})
