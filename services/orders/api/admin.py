"""Orders for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from chassis import audit
from chassis.auth import Principal, require
from chassis.pagination import Paged
from chassis.problems import NotFound, responses
from chassis.schemas import Page
from orders.settings import Ctx
from orders.usecases.list_orders import all_orders
from orders.usecases.show_order import order_detail
from orders.views import OrderDetail, StaffOrderView

router = APIRouter(prefix="/api/v1/admin/orders", tags=["orders (staff)"])
Reader = Annotated[Principal, Depends(require("orders:read"))]


@router.get("", summary="All orders, newest first")
async def list_all(
    ctx: Ctx,
    _staff: Reader,
    page: Paged,
    number: Annotated[str | None, Query(max_length=20, description="Such as M-7F3K9Q")] = None,
    account_id: Annotated[UUID | None, Query(description="One customer's")] = None,
    attention: Annotated[bool, Query(description="Only those that a person must put right")] = False,  # noqa: FBT002 -- a query parameter
) -> Page[StaffOrderView]:
    """Or those of one number, of one customer, or that need somebody; the first of these that is given counts."""
    found = await all_orders(ctx, page, number=number, account_id=account_id, attention=attention)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "orders.read", after={"orders": [order.id for order in found.items]})
    return found


@router.get("/{order_id}", summary="An order with its history", responses=responses(NotFound))
async def read_any(order_id: UUID, ctx: Ctx, _staff: Reader) -> OrderDetail:
    """What became known of it, and when, oldest first."""
    found = await order_detail(ctx, order_id)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "order.read", f"order:{order_id}")
    return found
