"""For staff: disputes and warnings of fraud, their deadlines, and answers to them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query
from pydantic import Field

from chassis import audit
from chassis.auth import require
from chassis.problems import NotFound, responses
from chassis.web import Model, MoneyModel, Page, Paged, Text
from payments.context import Ctx
from payments.disputes.domain import ANSWERABLE, Outcome, outcome_of
from payments.disputes.problems import DisputeNotAnswerable
from payments.disputes.store import DisputeRow, Shown
from payments.disputes.usecases.answer_dispute import accept_dispute, submit_evidence
from payments.disputes.usecases.find_disputes import DisputeRecord, list_disputes, whole_dispute
from payments.problems import PaymentNotAvailable, PaymentNotReady, ProviderUnavailable
from payments.schemas import LedgerLine, When

router = APIRouter(prefix="/api/v1/admin/disputes", tags=["staff: payments"])
DisputeId = Annotated[
    str, Path(min_length=1, max_length=255, pattern=r"^[!-~]+$", description="At Stripe", examples=["du_1QAbc"])
]
_READ = [Depends(require("payments:read"))]
_WRITE = [Depends(require("payments:write"))]
_REFUSALS = (NotFound, DisputeNotAnswerable, PaymentNotReady, PaymentNotAvailable, ProviderUnavailable)


class DisputeView(Model):
    """A dispute or a warning of fraud as it stands at Stripe."""

    id: str = Field(description="At Stripe", examples=["du_1QAbc"])
    kind: Shown = Field(examples=["dispute"])
    payment_id: UUID
    order_id: UUID
    status: str = Field(description="In Stripe's words", examples=["needs_response"])
    outcome: Outcome | None = Field(description="How it ended; null while it goes on", examples=[None])
    answerable: bool = Field(description="Whether evidence is waited for", examples=[True])
    reason: str | None = Field(examples=["fraudulent"])
    amount: MoneyModel
    due_by: datetime | None = Field(description="When it is lost if not answered", examples=["2026-11-29T23:59:59Z"])
    created_at: When
    updated_at: When

    @classmethod
    def of(cls, row: DisputeRow) -> Self:
        """The API's form of a dispute."""
        return cls(**_fields(row))


class DisputeDetail(DisputeView):
    """A dispute with its money in the ledger."""

    ledger: list[LedgerLine] = Field(description="What its payment's disputes and their fees were booked as")

    @classmethod
    def whole(cls, record: DisputeRecord) -> Self:
        """The API's form of a dispute with its bookings."""
        return cls(**_fields(record.dispute), ledger=[LedgerLine.of(line) for line in record.ledger])


class Evidence(Model):
    """Why the charge is right, in words. Stripe takes it once: first keep it, then submit it."""

    text: Annotated[
        Text,
        Field(
            description="What the bank shall know",
            examples=["Delivered on 2026-11-12, signed by the customer; tracking number 1Z999."],
        ),
    ]
    submit: bool = Field(
        default=False, description="Send it to the bank. Nothing can be added afterwards", examples=[True]
    )


@router.get("", summary="List disputes and warnings", operation_id="list_disputes", dependencies=_READ)
async def disputes(
    ctx: Ctx,
    page: Paged,
    kind: Annotated[Shown | None, Query(description="Only disputes, or only warnings of fraud")] = None,
    open: Annotated[bool | None, Query(description="Only those that go on, or that are over")] = None,  # noqa: A002 -- the name of the query
) -> Page[DisputeView]:
    """Newest first."""
    rows, cursor = await list_disputes(ctx, page, kind=kind, going_on=open)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "disputes.read", after={"disputes": [row.id for row in rows]})
    return Page(items=[DisputeView.of(row) for row in rows], next_cursor=cursor)


@router.get(
    "/{dispute_id}",
    summary="One dispute with its bookings",
    operation_id="read_dispute",
    responses=responses(NotFound),
    dependencies=_READ,
)
async def dispute(dispute_id: DisputeId, ctx: Ctx) -> DisputeDetail:
    """With its deadline, and what was withdrawn and given back."""
    found = await whole_dispute(ctx, dispute_id)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "dispute.read", f"dispute:{dispute_id}")
    return DisputeDetail.whole(found)


@router.post(
    "/{dispute_id}/evidence",
    summary="Answer a dispute with evidence",
    operation_id="submit_dispute_evidence",
    responses=responses(*_REFUSALS),
    dependencies=_WRITE,
)
async def evidence(
    dispute_id: DisputeId,
    wanted: Annotated[Evidence, Body(examples=[{"text": "Delivered on 2026-11-12.", "submit": True}])],
    ctx: Ctx,
) -> DisputeView:
    """Kept at Stripe, and sent to the bank with `submit`. The same again changes nothing."""
    return DisputeView.of(await submit_evidence(ctx, dispute_id, wanted.text, submit=wanted.submit))


@router.post(
    "/{dispute_id}/accept",
    summary="Accept a dispute",
    operation_id="accept_dispute",
    responses=responses(*_REFUSALS),
    dependencies=_WRITE,
)
async def accept(dispute_id: DisputeId, ctx: Ctx) -> DisputeView:
    """It is lost at once: the customer keeps the money."""
    return DisputeView.of(await accept_dispute(ctx, dispute_id))


def _fields(row: DisputeRow) -> dict[str, object]:
    return {
        "id": row.id,
        "kind": row.kind,
        "payment_id": row.payment_id,
        "order_id": row.order_id,
        "status": row.status,
        "outcome": outcome_of(row.status) if row.kind == "dispute" else None,
        "answerable": row.kind == "dispute" and row.status in ANSWERABLE,
        "reason": row.reason,
        "amount": MoneyModel(amount=row.amount, currency=row.currency),
        "due_by": row.due_by,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
