"""Links to orders by mail.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from fastapi import APIRouter

from orders.context import Ctx
from orders.mails.api.models import LookupTaken, OrderLookup
from orders.mails.usecases.look_up_order import ask_for_link
from orders.shoppers import LINK_ADDRESS

router = APIRouter(prefix="/api/v1/orders", tags=["orders"])


@router.post(
    "/lookups",
    operation_id="look_up_order",
    status_code=202,
    summary="Have the link to an order mailed",
    dependencies=[LINK_ADDRESS],
)
async def look_up(lookup: OrderLookup, ctx: Ctx) -> LookupTaken:
    """By its number and e-mail address: if they belong together, a mail with a link that opens the order goes to that
    address. The answer is the same if not. At most one mail in ten minutes about an order.
    """
    await ask_for_link(ctx, lookup.number, lookup.email)
    return LookupTaken()
