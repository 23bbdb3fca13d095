"""What everybody may read of the shop.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from chassis.cache import respond
from chassis.limits import public_read
from chassis.problems import NotFound, responses
from shop.context import Ctx, ShopContext
from shop.profile.api.models import Kind, Language, PolicyView, ShopView
from shop.profile.currencies import shown
from shop.profile.kept import CACHE_CONTROL, STALE_SECONDS, TAG, TTL_SECONDS
from shop.profile.usecases.read_policy import read_policy
from shop.profile.usecases.read_profile import read_profile

PREFIX = "/api/v1/shop"
router = APIRouter(prefix=PREFIX, tags=["shop"], dependencies=[Depends(public_read)])
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "As `If-None-Match` says it is"}}


@router.get("", summary="Read about the shop", response_model=ShopView, responses=_UNCHANGED)
async def read_shop(ctx: Ctx, request: Request) -> Response:
    """Name, colours, currencies, languages, and which texts there are; seconds old at most, carries an ETag."""

    async def load() -> bytes:
        found, headings = await read_profile(ctx)
        return ShopView.of(found, headings, shown(ctx.settings, found.currencies)).model_dump_json().encode()

    encoded = await ctx.cache.get(PREFIX, TTL_SECONDS, load, tag=TAG, stale=STALE_SECONDS)
    return respond(request, encoded, CACHE_CONTROL)


@router.get(
    "/policies/{kind}",
    summary="Read a policy of the shop",
    response_model=PolicyView,
    responses={**responses(NotFound), **_UNCHANGED},
)
async def read_shop_policy(
    ctx: Ctx,
    request: Request,
    kind: Annotated[Kind, Path(description="What it is about", examples=["returns"])],
    language: Annotated[Language | None, Query(description="The one that is wanted", examples=["de"])] = None,
) -> Response:
    """The text in this language, else in the first of the shop's languages that it has it in."""
    load = _PolicyOf(ctx, kind, language)
    key = f"{PREFIX}/policies/{kind}?{language}"
    encoded = await ctx.cache.get(key, TTL_SECONDS, load, tag=TAG, stale=STALE_SECONDS)
    return respond(request, encoded, CACHE_CONTROL)


class _PolicyOf:
    def __init__(self, ctx: ShopContext, kind: str, language: str | None) -> None:
        self._ctx, self._kind, self._language = ctx, kind, language

    async def __call__(self) -> bytes:
        found = await read_policy(self._ctx, self._kind, self._language)
        return PolicyView.whole(found).model_dump_json().encode()
