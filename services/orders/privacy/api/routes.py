"""Export and erasure for a guest, by the link to their order.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Response

from chassis.problems import FieldError, Invalid, NotFound, Unavailable, responses
from orders.checkout import number_as_typed, owned_order
from orders.context import Ctx
from orders.privacy.api.models import Erased, ErasureWish, PersonalData
from orders.privacy.api.places import After
from orders.privacy.domain.person import Person
from orders.privacy.problems import ErasureBlocked, OrderOfAccount
from orders.privacy.usecases.erase_person import erase_person
from orders.privacy.usecases.export_person import export_person
from orders.privacy.usecases.guest import refuse_account
from orders.shoppers import LOOKUP, LOOKUP_ADDRESS, MISSES, CurrentViewer

router = APIRouter(prefix="/api/v1/orders", tags=["orders"], dependencies=[LOOKUP_ADDRESS, LOOKUP, MISSES])


@router.get(
    "/{order_id}/personal-data",
    summary="What is kept of me, a guest",
    operation_id="read_own_order_data",
    responses=responses(NotFound, OrderOfAccount, Invalid, Unavailable),
)
async def export(order_id: UUID, ctx: Ctx, viewer: CurrentViewer, after: After, response: Response) -> PersonalData:
    """Of this order alone: its link shows that, and not whose the e-mail address is. Of an order in an account, the
    account exports it.
    """
    refuse_account(await owned_order(ctx, viewer, order_id), staff=False)
    response.headers["Cache-Control"] = "private, no-store"
    return PersonalData.of(await export_person(ctx, Person(order_ids=(order_id,)), after))


@router.post(
    "/{order_id}/erasure",
    summary="Erase me from my order",
    operation_id="erase_own_order",
    responses=responses(NotFound, ErasureBlocked, OrderOfAccount, Invalid, Unavailable),
)
async def erase(
    order_id: UUID,
    wish: Annotated[ErasureWish, Body(examples=[{"order_number": "M-7F3K9Q"}])],
    ctx: Ctx,
    viewer: CurrentViewer,
) -> Erased:
    """For good, once the order has ended and nothing of it is open. Afterwards its link opens nothing: sent again, the
    answer is a 404.
    """
    order = await owned_order(ctx, viewer, order_id)
    refuse_account(order, staff=False)
    if number_as_typed(wish.order_number) != order.number:
        raise Invalid(errors=[FieldError("order_number", "This is not the number of this order", "other-order")])
    return Erased(erased=True, orders=await erase_person(ctx, Person(order_ids=(order_id,))))
