"""Whoever placed orders as a guest asks for them to be in their account.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from fastapi import APIRouter, Depends

from chassis.auth import CurrentPrincipal
from chassis.limits import account, limit
from orders.context import Ctx
from orders.joining.usecases.join_orders import JOIN, JoinOrders

router = APIRouter(prefix="/api/v1/orders", tags=["orders"])


@router.post(
    "/joins",
    status_code=202,
    operation_id="join_orders",
    summary="Have my orders of before joined",
    dependencies=[Depends(limit("join-orders", "10/hour", by=account))],
)
async def join(ctx: Ctx, who: CurrentPrincipal) -> None:
    """Orders that were placed without an account with the e-mail address of this one are in it soon, if the address is
    verified and they are paid or cancelled. It happens by itself when the address is verified: this is for orders that
    were placed since.
    """
    async with ctx.db.write() as tx:
        await ctx.jobs.enqueue(tx, JOIN, JoinOrders(who.account_id, waits=False))
