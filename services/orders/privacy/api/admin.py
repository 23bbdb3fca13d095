"""Export and erasure of a guest, for staff whom the guest has asked, by one of their orders.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis import audit
from chassis.auth import Principal
from chassis.auth.step_up import require_recent
from chassis.problems import Invalid, NotFound, Unavailable, responses
from orders.context import Ctx
from orders.privacy.api.models import Erased, PersonalData
from orders.privacy.api.places import After
from orders.privacy.problems import ErasureBlocked, OrderOfAccount
from orders.privacy.usecases.erase_person import erase_person
from orders.privacy.usecases.export_person import export_person
from orders.privacy.usecases.guest import guest_of

router = APIRouter(prefix="/api/v1/admin/orders", tags=["staff: orders"])
Reader = Annotated[Principal, Depends(require_recent("orders:read"))]
Eraser = Annotated[Principal, Depends(require_recent("orders:write", "accounts:write"))]


@router.get(
    "/{order_id}/personal-data",
    summary="What is kept of the guest of an order",
    operation_id="read_guest_data",
    responses=responses(NotFound, OrderOfAccount, Invalid, Unavailable),
)
async def export(order_id: UUID, ctx: Ctx, _staff: Reader, after: After, response: Response) -> PersonalData:
    """Of all orders without an account with the e-mail address of this one. Whoever asks must be known to read that
    mailbox: anybody can order with somebody else's address.
    """
    page = await export_person(ctx, await guest_of(ctx, order_id), after)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "order.personal_data_read", f"order:{order_id}")
    response.headers["Cache-Control"] = "private, no-store"
    return PersonalData.of(page)


@router.post(
    "/{order_id}/erasure",
    summary="Erase the guest of an order",
    operation_id="erase_guest",
    responses=responses(NotFound, ErasureBlocked, OrderOfAccount, Unavailable),
)
async def erase(order_id: UUID, ctx: Ctx, _staff: Eraser) -> Erased:
    """From all orders without an account with the e-mail address of this one, for good. An order stays without its
    person; invoices and credit notes stay as long as the law asks for them.
    """
    erased = await erase_person(ctx, await guest_of(ctx, order_id))
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "order.guest_erased", f"order:{order_id}", after={"orders": erased})
    return Erased(erased=True, orders=erased)
