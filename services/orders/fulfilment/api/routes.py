"""Parcels for shoppers.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from uuid import UUID

from fastapi import APIRouter

from chassis.problems import NotFound, responses
from orders.context import Ctx
from orders.fulfilment.api.models import Parcels
from orders.fulfilment.usecases.list_parcels import list_own_parcels
from orders.shoppers import LOOKUP, LOOKUP_ADDRESS, MISSES, CurrentViewer

router = APIRouter(prefix="/api/v1/orders", tags=["orders"])


@router.get(
    "/{order_id}/parcels",
    summary="The parcels of an order",
    operation_id="list_own_parcels",
    dependencies=[LOOKUP_ADDRESS, LOOKUP, MISSES],
    responses=responses(NotFound),
)
async def list_own(order_id: UUID, ctx: Ctx, viewer: CurrentViewer) -> Parcels:
    """With their tracking. Of the signed-in account; a guest's by `Order-Token`. Anything else is a 404."""
    return Parcels.of(*await list_own_parcels(ctx, viewer, order_id))
