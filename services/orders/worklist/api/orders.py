"""Orders for staff: found, read, exported.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from chassis.auth import Principal, require
from chassis.problems import NotFound, responses
from chassis.web import Page
from orders.context import Ctx
from orders.worklist.api.filters import OrderFilters, OrderQuery, cursor_of
from orders.worklist.api.models import ListedOrder, OrderDetail, OrderTags
from orders.worklist.usecases.audit_export import audit_export
from orders.worklist.usecases.export_orders import export_orders
from orders.worklist.usecases.find_orders import find_orders
from orders.worklist.usecases.list_tags import list_tags
from orders.worklist.usecases.show_order import show_order

router = APIRouter(prefix="/api/v1/admin/orders", tags=["staff: orders"])
Reader = Annotated[Principal, Depends(require("orders:read"))]
_TEXT = {"text/csv": {"schema": {"type": "string"}}}
_CSV: dict[int | str, dict[str, Any]] = {200: {"description": "A row a line of an order", "content": _TEXT}}


@router.get("", summary="All orders, newest first", operation_id="list_all_orders")
async def list_all(ctx: Ctx, _staff: Reader, query: Annotated[OrderQuery, Query()]) -> Page[ListedOrder]:
    """Those that all of the given filters find. A page looks at 2,000 orders at most: where a filter finds few of many,
    it may have fewer items than `limit`, or none, and `next_cursor` goes on.
    """
    oldest = query.sort == "oldest"
    found = await find_orders(ctx, query.filters, query.after, query.limit, oldest_first=oldest)
    return Page(items=[ListedOrder.found(each) for each in found.items], next_cursor=cursor_of(found.next))


@router.get(
    "/export.csv",
    summary="Orders as CSV",
    operation_id="read_orders_file",
    response_class=Response,
    responses=_CSV,
)
async def export(ctx: Ctx, _staff: Reader, filters: Annotated[OrderFilters, Query()]) -> Response:
    """A row for each line of the orders that are found, newest first, with the figures of its order. The last row
    begins with `end` and counts the others: a file without it was cut off. Where `more` stands there, the file has
    100,000 orders, and there are older ones: ask again with `placed_to`. No cell of a text begins as a formula does.
    """
    wanted = filters.filters
    await audit_export(ctx, wanted)
    headers = {"Content-Disposition": 'attachment; filename="orders.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(export_orders(ctx, wanted), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/tags", summary="The tags that orders have", operation_id="list_order_tags")
async def list_names(ctx: Ctx, _staff: Reader) -> OrderTags:
    """By name."""
    return OrderTags(items=await list_tags(ctx))


@router.get(
    "/{order_id}", summary="An order with its history", operation_id="read_any_order", responses=responses(NotFound)
)
async def read_any(order_id: UUID, ctx: Ctx, _staff: Reader) -> OrderDetail:
    """What became known of it, and when, oldest first; with its notes and tags."""
    return OrderDetail.shown(*await show_order(ctx, order_id))
