"""Endpoints for staff: redirects.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from catalog.api.hot import TAG
from catalog.content.api.models import NewRedirect, RedirectView
from catalog.content.api.texts import Reader, Writer
from catalog.content.problems import RedirectTaken, TooManyRedirects
from catalog.content.usecases import keep_redirects
from catalog.context import Ctx
from chassis.problems import Invalid, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, Page, Paged, idempotent, pagination

PREFIX = "/api/v1/admin/content/redirects"
router = APIRouter(prefix=PREFIX, tags=["staff: catalog"])
OfId = Annotated[UUID, Path(description="The redirect's id", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c0a"])]


@router.get("", summary="All redirects, newest first", operation_id="list_redirects")
async def list_all(ctx: Ctx, _who: Reader, page: Paged) -> Page[RedirectView]:
    """Those that staff made. Slugs that products had lead to them without one."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    found = await keep_redirects.list_redirects(ctx, before, page.limit + 1)
    shown = found[: page.limit]
    cursor = pagination.encode((shown[-1].id,)) if len(found) > page.limit else None
    return Page(items=[RedirectView.of(each) for each in shown], next_cursor=cursor)


@router.post(
    "",
    status_code=201,
    summary="Make a redirect",
    operation_id="create_redirect",
    response_model=RedirectView,
    responses=responses(Invalid, RedirectTaken, TooManyRedirects, *IDEMPOTENCY_PROBLEMS),
)
async def create(body: NewRedirect, key: IdempotencyKey, ctx: Ctx, who: Writer) -> Response:
    """For an address where there is no page. If its target leads on, it leads where that leads; what led to its address
    follows it. So each redirect is one step, and none leads back. The shop can have 5,000.
    """

    async def work(redirect_id: UUID) -> IdempotentResponse:
        made = await keep_redirects.create_redirect(ctx, redirect_id, body.from_path, body.to_path)
        await ctx.cache.invalidate(TAG)
        return IdempotentResponse(201, RedirectView.of(made), {"Location": f"{PREFIX}/{redirect_id}"})

    return await idempotent(ctx, scope=f"redirects.create:{who.account_id}", key=key, request=body, work=work)


@router.delete("/{redirect_id}", status_code=204, summary="Delete a redirect", operation_id="delete_redirect")
async def delete(redirect_id: OfId, ctx: Ctx, _who: Writer) -> None:
    """One that is gone already is no fault."""
    await keep_redirects.delete_redirect(ctx, redirect_id)
    await ctx.cache.invalidate(TAG)
