"""Orders for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from chassis import audit
from chassis.auth import Principal, require
from chassis.problems import NotFound, Unavailable, responses
from chassis.web import Page, Paged
from orders import problems
from orders.api.answers import page_of
from orders.api.order_models import Holdings, OrderDetail, StaffOrderView
from orders.context import Ctx
from orders.usecases.end_order import end_order
from orders.usecases.list_holds import list_holds
from orders.usecases.list_orders import list_orders
from orders.usecases.show_order import order_detail

router = APIRouter(prefix="/api/v1/admin/orders", tags=["staff: orders"])
Reader = Annotated[Principal, Depends(require("orders:read"))]
Writer = Annotated[Principal, Depends(require("orders:write"))]


@router.get("", summary="All orders, newest first", operation_id="list_all_orders")
async def list_all(
    ctx: Ctx,
    _staff: Reader,
    page: Paged,
    number: Annotated[str | None, Query(max_length=20, description="Such as M-7F3K9Q")] = None,
    account_id: Annotated[UUID | None, Query(description="One customer's")] = None,
    attention: Annotated[bool, Query(description="Only those that a person must put right")] = False,  # noqa: FBT002 -- a query parameter
) -> Page[StaffOrderView]:
    """Or those of one number, of one customer, or that need somebody; the first of these that is given counts."""
    read = partial(list_orders, ctx, number=number, account_id=account_id, attention=attention)
    found = await page_of(StaffOrderView, page, read)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "orders.read", after={"orders": [order.id for order in found.items]})
    return found


@router.get("/holds", summary="Who holds most without having paid")
async def list_holdings(ctx: Ctx, _staff: Reader) -> Holdings:
    """By account or guest, by address and by network, told apart by hashes; with the orders, which can be cancelled."""
    found = Holdings.of(await list_holds(ctx))
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "orders.holds_read")
    return found


@router.get(
    "/{order_id}", summary="An order with its history", operation_id="read_any_order", responses=responses(NotFound)
)
async def read_any(order_id: UUID, ctx: Ctx, _staff: Reader) -> OrderDetail:
    """What became known of it, and when, oldest first."""
    found = OrderDetail.whole(*await order_detail(ctx, order_id))
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "order.read", f"order:{order_id}")
    return found


@router.post(
    "/{order_id}/cancel",
    summary="End an order that is not paid",
    operation_id="end_order",
    responses=responses(NotFound, problems.OrderNotCancellable, Unavailable),
)
async def end(order_id: UUID, ctx: Ctx, staff: Writer) -> StaffOrderView:
    """As if its time to pay were over; its customer is told just that. What is on hold is given back in a moment."""
    # Who ended it stands in the order's own history too, written with the change itself.
    ended = StaffOrderView.of(await end_order(ctx, order_id, staff.account_id))
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "order.ended", f"order:{order_id}")
    return ended
