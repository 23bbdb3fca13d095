"""Prices of sample orders, for staff who change rules.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from fastapi import APIRouter

from chassis.problems import Invalid, responses
from orders.context import Ctx
from orders.pricing.api.priced_models import Calculation
from orders.pricing.api.shipping import Reader
from orders.pricing.api.wanted_models import SampleOrder
from orders.pricing.usecases.current_rules import KeptRules
from orders.pricing.usecases.priced import priced

router = APIRouter(prefix="/api/v1/admin/pricing", tags=["staff: taxes"])


@router.post("/previews", summary="Price a sample order", operation_id="preview_price", responses=responses(Invalid))
async def preview(order: SampleOrder, ctx: Ctx, _staff: Reader) -> Calculation:
    """By the rules of this moment, at the prices given. Nothing is written."""
    ctx.settings.sold(order.currency, "currency")
    ctx.get(KeptRules).forget()
    found, _ = await priced(ctx, order.sample)
    return Calculation.of(found)
