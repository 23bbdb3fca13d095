"""Unpaid orders for staff: what they hold, and their end.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from chassis import audit
from chassis.auth import Principal, require
from chassis.problems import NotFound, Unavailable, responses
from orders import problems
from orders.checkout.api.models import Holdings, StaffOrderView
from orders.checkout.usecases.end_order import end_order
from orders.checkout.usecases.list_holds import list_holds
from orders.context import Ctx

router = APIRouter(prefix="/api/v1/admin/orders", tags=["staff: orders"])
Reader = Annotated[Principal, Depends(require("orders:read"))]
Writer = Annotated[Principal, Depends(require("orders:write"))]


@router.get("/holds", summary="Who holds most without having paid")
async def list_holdings(ctx: Ctx, _staff: Reader) -> Holdings:
    """By account or guest, by address and by network, told apart by hashes; with the orders, which can be cancelled."""
    found = Holdings.of(await list_holds(ctx))
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "orders.holds_read")
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
