"""Saved views of the work list.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis.auth import Principal, require
from chassis.problems import Forbidden, Invalid, NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, Page, Paged, idempotent, pagination
from orders.context import Ctx
from orders.worklist.api.models import NewView, SavedView, ViewChange
from orders.worklist.problems import TooManyViews, ViewChanged
from orders.worklist.usecases.change_view import change_view
from orders.worklist.usecases.create_view import create_view
from orders.worklist.usecases.delete_view import delete_view
from orders.worklist.usecases.list_views import list_views

PREFIX = "/api/v1/admin/order-views"
router = APIRouter(prefix=PREFIX, tags=["staff: orders"])
Reader = Annotated[Principal, Depends(require("orders:read"))]


@router.get("", summary="Saved views", operation_id="list_order_views")
async def list_all(ctx: Ctx, staff: Reader, page: Paged) -> Page[SavedView]:
    """One's own and those that others share, oldest first."""
    after = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    found = await list_views(ctx, staff.account_id, after, page.limit + 1)
    shown = found[: page.limit]
    cursor = pagination.encode((shown[-1].id,)) if len(found) > page.limit else None
    return Page(items=[SavedView.of(each) for each in shown], next_cursor=cursor)


@router.post(
    "",
    status_code=201,
    summary="Save a view",
    operation_id="create_order_view",
    response_model=SavedView,
    responses=responses(Invalid, Forbidden, TooManyViews, *IDEMPOTENCY_PROBLEMS),
)
async def create(body: NewView, key: IdempotencyKey, ctx: Ctx, staff: Reader) -> Response:
    """Filters under a name. To share it, the right orders:write is needed."""
    _check_sharing(staff, body)

    async def work(view_id: UUID) -> IdempotentResponse:
        filters = body.filters.stored
        made = await create_view(ctx, view_id, staff.account_id, body.title, filters, shared=body.shared)
        return IdempotentResponse(201, SavedView.of(made), {"Location": f"{PREFIX}/{view_id}"})

    return await idempotent(ctx, scope=f"order_views.create:{staff.account_id}", key=key, request=body, work=work)


@router.put(
    "/{view_id}",
    summary="Change a view",
    operation_id="change_order_view",
    responses=responses(Invalid, Forbidden, NotFound, ViewChanged),
)
async def change(view_id: UUID, body: ViewChange, ctx: Ctx, staff: Reader) -> SavedView:
    """One's own, the whole of it."""
    _check_sharing(staff, body)
    wish = body.title, body.filters.stored, body.shared
    return SavedView.of(await change_view(ctx, view_id, body.version, staff.account_id, wish))


@router.delete(
    "/{view_id}",
    status_code=204,
    summary="Delete a view",
    operation_id="delete_order_view",
    responses=responses(Forbidden),
)
async def delete(view_id: UUID, ctx: Ctx, staff: Reader) -> None:
    """One's own; a shared one of another's with the right accounts:write. One that is gone already is no fault."""
    await delete_view(ctx, view_id, staff.account_id, any_owner="accounts:write" in staff.scopes)


def _check_sharing(staff: Principal, body: NewView) -> None:
    if body.shared and "orders:write" not in staff.scopes:
        raise Forbidden("A view is shared by who has the right orders:write.")
