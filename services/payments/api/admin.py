"""For staff: payments, their history, and the ledger."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from chassis import audit
from chassis.auth import require
from chassis.problems import NotFound, responses
from chassis.web import Page, Paged
from payments.context import Ctx
from payments.domain.case import Kind
from payments.domain.payment import PaymentStatus
from payments.schemas import AccountBalance, Balances, PaymentDetail, PaymentRow
from payments.store.browsing import PaymentFilter
from payments.usecases.find_payment import ledger_balances, list_payments, whole_payment

router = APIRouter(prefix="/api/v1/admin", tags=["staff: payments"], dependencies=[Depends(require("payments:read"))])


@router.get("/payments", summary="List payments", operation_id="list_payments")
async def payments(
    ctx: Ctx,
    page: Paged,
    status: Annotated[PaymentStatus | None, Query(description="Only payments of this status")] = None,
    order_id: Annotated[UUID | None, Query(description="Only the payment of this order")] = None,
    attention: Annotated[
        bool | None, Query(description="Only those that a person has to look at, or that nobody has to")
    ] = None,
    case: Annotated[Kind | None, Query(description="Only those with a refund, dispute or warning at Stripe")] = None,
) -> Page[PaymentRow]:
    """Newest first."""
    rows, cursor = await list_payments(ctx, page, PaymentFilter(status, order_id, attention, case))
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "payments.read", after={"payments": [row.id for row in rows]})
    return Page(items=[PaymentRow.of(row) for row in rows], next_cursor=cursor)


@router.get(
    "/payments/{payment_id}",
    summary="One payment with its history",
    operation_id="read_payment",
    responses=responses(NotFound),
)
async def payment(payment_id: UUID, ctx: Ctx) -> PaymentDetail:
    """With its entries in the ledger, its refunds and disputes at Stripe, and the webhooks that named it."""
    found = await whole_payment(ctx, payment_id)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "payment.read", f"payment:{payment_id}")
    return PaymentDetail.whole(found)


@router.get("/ledger/balances", summary="Balances of the ledger", operation_id="list_ledger_balances")
async def balances(ctx: Ctx) -> Balances:
    """Of each account in each currency. Over all accounts of a currency they add up to 0."""
    return Balances(items=[AccountBalance.of(balance) for balance in await ledger_balances(ctx)])
