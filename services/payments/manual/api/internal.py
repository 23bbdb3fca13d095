"""For the service orders: mark the payment of an order as received."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.auth import internal_router
from chassis.problems import responses
from chassis.web import Currency, Model
from payments.context import Ctx
from payments.manual.api.staff import REFUSALS, Reference
from payments.manual.domain import Receipt
from payments.manual.usecases.receive_payment import receive_payment
from payments.requests import MOST
from payments.schemas import StatusView

router = internal_router()


class ReceiptRequest(Model):
    """What has come for an order. `received_by`: the member of staff who says so."""

    amount: Annotated[int, Field(strict=True, ge=1, le=MOST, description="Minor units (cents)", examples=[4200])]
    currency: Currency
    reference: Reference
    received_by: UUID | None = None


@router.post(
    "/payments/{order_id}/receive",
    summary="Mark an order's payment as received",
    responses=responses(*REFUSALS),
)
async def receive(order_id: UUID, wanted: ReceiptRequest, ctx: Ctx) -> StatusView:
    """Once, by its reference: the same again changes nothing. The event `payment.captured` follows."""
    receipt = Receipt(wanted.amount, wanted.currency, wanted.reference)
    payment = await receive_payment(ctx, receipt, order_id=order_id, by=wanted.received_by)
    return StatusView(status=payment.status)
