"""For staff: payouts of the provider to the shop's bank."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from chassis.auth import require
from chassis.problems import NotFound, responses
from chassis.web import Model, Page, Paged, SignedMoney
from payments.context import Ctx
from payments.payouts.store.payouts import Content, PayoutRow
from payments.payouts.usecases.find_payouts import list_payouts, whole_payout
from payments.schemas import When

router = APIRouter(
    prefix="/api/v1/admin/payouts", tags=["staff: payments"], dependencies=[Depends(require("payments:read"))]
)
PayoutId = Annotated[
    str, Path(min_length=1, max_length=255, pattern=r"^[!-~]+$", description="At Stripe", examples=["po_1QAbc"])
]


class PayoutView(Model):
    """A payout as it stands at Stripe."""

    id: str = Field(description="At Stripe", examples=["po_1QAbc"])
    status: str = Field(description="In Stripe's words", examples=["paid"])
    amount: SignedMoney = Field(description="Below 0: Stripe took it from the bank")
    automatic: bool = Field(description="Whether Stripe made it by its schedule", examples=[True])
    arrives_on: date = Field(description="The day on which the bank should have it", examples=["2026-11-23"])
    failure: str | None = Field(description="Why it failed; null if it did not", examples=[None])
    movements_sum: SignedMoney | None = Field(
        description="What its movements add up to with itself: 0, where all are known; null: not read yet"
    )
    created_at: When

    @classmethod
    def of(cls, row: PayoutRow) -> Self:
        """The API's form of a payout."""
        return cls(**_fields(row))


class PayoutContent(Model):
    """The movements of one type in a payout, added up."""

    type: str = Field(description="In Stripe's words", examples=["charge"])
    count: int = Field(description="How many they are", examples=[42])
    amount: SignedMoney = Field(description="What they moved")
    fee: SignedMoney = Field(description="What Stripe took beside it")

    @classmethod
    def of(cls, content: Content, currency: str) -> Self:
        """The API's form of a sum."""
        amount, fee = (SignedMoney(amount=each, currency=currency) for each in (content.amount, content.fee))
        return cls(type=content.type, count=content.count, amount=amount, fee=fee)


class PayoutDetail(PayoutView):
    """A payout with what is in it."""

    contents: list[PayoutContent] = Field(description="By type; the payout itself is among them")


@router.get("", summary="List payouts", operation_id="list_payouts")
async def payouts(
    ctx: Ctx,
    page: Paged,
    status: Annotated[
        str | None,
        Query(max_length=50, pattern="^[a-z_]+$", description="Only payouts of this status", examples=["failed"]),
    ] = None,
) -> Page[PayoutView]:
    """Newest first."""
    rows, cursor = await list_payouts(ctx, page, status)
    return Page(items=[PayoutView.of(row) for row in rows], next_cursor=cursor)


@router.get(
    "/{payout_id}", summary="One payout with its contents", operation_id="read_payout", responses=responses(NotFound)
)
async def payout(payout_id: PayoutId, ctx: Ctx) -> PayoutDetail:
    """What it consists of, by the type of movement."""
    row, contents = await whole_payout(ctx, payout_id)
    return PayoutDetail(**_fields(row), contents=[PayoutContent.of(each, row.currency) for each in contents])


def _fields(row: PayoutRow) -> dict[str, object]:
    total = row.movements_sum
    return {
        "id": row.id,
        "status": row.status,
        "amount": SignedMoney(amount=row.amount, currency=row.currency),
        "automatic": row.automatic,
        "arrives_on": row.arrives_on,
        "failure": row.failure,
        "movements_sum": None if total is None else SignedMoney(amount=total, currency=row.currency),
        "created_at": row.created_at,
    }
