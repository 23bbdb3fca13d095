"""Parcels for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis import audit
from chassis.auth import Principal, require
from chassis.problems import Invalid, NotFound, Unavailable, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent
from orders.context import Ctx
from orders.documents import PDF, pdf_response
from orders.fulfilment import problems
from orders.fulfilment.api.models import ParcelRequest, ParcelView, SentParcelView, StaffParcels, TrackingRequest
from orders.fulfilment.domain.parcel_state import ParcelStep
from orders.fulfilment.usecases.list_parcels import list_parcels
from orders.fulfilment.usecases.move_parcel import move_parcel
from orders.fulfilment.usecases.print_slip import parcel_slip
from orders.fulfilment.usecases.send_parcel import send_parcel
from orders.fulfilment.usecases.track_parcel import track_parcel

router = APIRouter(prefix="/api/v1/admin/orders/{order_id}/parcels", tags=["staff: orders"])
Reader = Annotated[Principal, Depends(require("orders:read"))]
Writer = Annotated[Principal, Depends(require("orders:write"))]


@router.get("", summary="The parcels of an order", operation_id="list_parcels", responses=responses(NotFound))
async def list_all(order_id: UUID, ctx: Ctx, _staff: Reader) -> StaffParcels:
    """With cancelled ones, and with what is still to be sent."""
    found = StaffParcels.whole(await list_parcels(ctx, order_id))
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "parcels.read", f"order:{order_id}")
    return found


@router.post(
    "",
    status_code=201,
    summary="Send a parcel",
    operation_id="send_parcel",
    response_model=SentParcelView,
    responses=responses(
        *IDEMPOTENCY_PROBLEMS,
        Invalid,
        NotFound,
        *(problems.OrderNotShippable, problems.NotEnoughPieces, problems.ParcelLimit),
    ),
)
async def send(order_id: UUID, body: ParcelRequest, key: IdempotencyKey, ctx: Ctx, staff: Writer) -> Response:
    """Of lines of a paid order, never more pieces than are left. Its customer is told by mail, with the tracking.

    A line that is not shipped is marked as delivered with `by_hand`, and so is what was fetched at the shop: nobody is
    mailed then. If the payment is disputed, nothing is sent without `despite_dispute`.
    """

    async def work(parcel_id: UUID) -> IdempotentResponse:
        sent = await send_parcel(ctx, order_id, parcel_id, body.wish, staff.account_id)
        return IdempotentResponse(201, SentParcelView.sent(sent))

    scope = f"parcels.send:{staff.account_id}:{order_id}"
    return await idempotent(ctx, scope=scope, key=key, request=body, work=work)


@router.patch(
    "/{parcel_id}",
    summary="Correct a parcel's tracking",
    operation_id="track_parcel",
    responses=responses(NotFound, Invalid, problems.ParcelNotChangeable),
)
async def track(order_id: UUID, parcel_id: UUID, body: TrackingRequest, ctx: Ctx, staff: Writer) -> ParcelView:
    """All three fields are set to what is sent. No second mail is sent."""
    return ParcelView.of(*await track_parcel(ctx, order_id, parcel_id, body.tracking, staff.account_id))


@router.post(
    "/{parcel_id}/delivered",
    summary="Mark a parcel as delivered",
    operation_id="deliver_parcel",
    responses=responses(NotFound, problems.ParcelNotChangeable),
)
async def deliver(order_id: UUID, parcel_id: UUID, ctx: Ctx, staff: Writer) -> ParcelView:
    """From then on its pieces can be asked back for some days. Sent again, it answers the same."""
    return ParcelView.of(*await move_parcel(ctx, order_id, parcel_id, ParcelStep.DELIVER, staff.account_id))


@router.post(
    "/{parcel_id}/cancel",
    summary="Cancel a parcel",
    operation_id="cancel_parcel",
    responses=responses(NotFound, problems.ParcelNotChangeable),
)
async def cancel(order_id: UUID, parcel_id: UUID, ctx: Ctx, staff: Writer) -> ParcelView:
    """Until it is delivered: its pieces can then be sent in another one. Sent again, it answers the same."""
    return ParcelView.of(*await move_parcel(ctx, order_id, parcel_id, ParcelStep.CANCEL, staff.account_id))


@router.get(
    "/{parcel_id}/packing-slip.pdf",
    summary="The packing slip of a parcel",
    operation_id="read_parcel_slip",
    response_class=Response,
    responses={**PDF, **responses(NotFound, Unavailable)},
)
async def read_slip(order_id: UUID, parcel_id: UUID, ctx: Ctx, _staff: Reader) -> Response:
    """Without prices, in the order's language."""
    order, parcel, content = await parcel_slip(ctx, order_id, parcel_id)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "parcel.slip_read", f"order:{order_id}", after={"parcel": parcel_id})
    return pdf_response(f"{order.number}-packing-slip-{parcel.number}", content)
