"""Refunds for shoppers.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from uuid import UUID

from fastapi import APIRouter

from chassis.problems import NotFound, responses
from orders.context import Ctx
from orders.refunds.api.models import OwnRefund, OwnRefunds
from orders.refunds.usecases.list_refunds import list_own_refunds
from orders.shoppers import LOOKUP, LOOKUP_ADDRESS, MISSES, CurrentViewer

router = APIRouter(prefix="/api/v1/orders", tags=["orders"])


@router.get(
    "/{order_id}/refunds",
    summary="What was given back of an order",
    operation_id="list_own_refunds",
    dependencies=[LOOKUP_ADDRESS, LOOKUP, MISSES],
    responses=responses(NotFound),
)
async def list_own(order_id: UUID, ctx: Ctx, viewer: CurrentViewer) -> OwnRefunds:
    """Of the signed-in account; a guest's by `Order-Token`. Anything else is a 404."""
    order, refunds = await list_own_refunds(ctx, viewer, order_id)
    return OwnRefunds(items=[OwnRefund.of(order, refund) for refund in refunds])
