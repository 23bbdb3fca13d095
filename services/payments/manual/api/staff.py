"""For staff: mark a bank transfer or cash as received."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends
from pydantic import Field

from chassis.auth import Principal, require
from chassis.problems import NotFound, responses
from chassis.web import Model, MoneyModel, SingleLine
from payments.context import Ctx
from payments.manual.domain import LONGEST_REFERENCE, Receipt
from payments.manual.problems import (
    PaymentAlreadyReceived,
    PaymentNotManual,
    ReceiptAmountDiffers,
    ReceiptReferenceUsed,
)
from payments.manual.usecases.receive_payment import receive_payment
from payments.problems import PaymentCancelled
from payments.schemas import StatusView

Reference = Annotated[
    SingleLine,
    Field(
        max_length=LONGEST_REFERENCE,
        description="What tells this receipt from all others: the bank's reference, the number of the till's slip",
        examples=["2026-11-21/0042"],
    ),
]
REFUSALS = (
    *(NotFound, PaymentCancelled, PaymentNotManual),
    *(ReceiptAmountDiffers, ReceiptReferenceUsed, PaymentAlreadyReceived),
)
router = APIRouter(prefix="/api/v1/admin/payments", tags=["staff: payments"])


class NewReceipt(Model):
    """What has come for a payment."""

    amount: MoneyModel = Field(description="All of it", examples=[{"amount": 4200, "currency": "EUR"}])
    reference: Reference


@router.post(
    "/{payment_id}/receipts",
    summary="Mark a payment as received",
    operation_id="receive_payment",
    responses=responses(*REFUSALS),
)
async def receive(
    payment_id: UUID,
    wanted: Annotated[
        NewReceipt,
        Body(examples=[{"amount": {"amount": 4200, "currency": "EUR"}, "reference": "2026-11-21/0042"}]),
    ],
    ctx: Ctx,
    staff: Annotated[Principal, Depends(require("payments:write"))],
) -> StatusView:
    """Once, by its reference: the same again changes nothing. Its order goes on as if it had been paid by card."""
    receipt = Receipt(wanted.amount.amount, wanted.amount.currency, wanted.reference)
    payment = await receive_payment(ctx, receipt, payment_id=payment_id, by=staff.account_id)
    return StatusView(status=payment.status)
