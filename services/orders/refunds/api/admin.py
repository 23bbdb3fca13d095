"""Refunds and cancellations for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis import audit
from chassis.auth import Principal, require
from chassis.problems import Forbidden, Invalid, NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent
from orders.context import Ctx
from orders.fulfilment import NotEnoughPieces
from orders.problems import OrderNotCancellable
from orders.refunds import problems
from orders.refunds.api.models import CancellationAnswer, CancellationView, RefundPreview, Refunds, RefundView
from orders.refunds.api.requests import CancellationRequest, RefundPreviewRequest, RefundRequest
from orders.refunds.usecases.archive_order import archive_order
from orders.refunds.usecases.cancel_order_pieces import cancel_order_pieces
from orders.refunds.usecases.create_refund import create_refund
from orders.refunds.usecases.list_refunds import list_refunds
from orders.refunds.usecases.preview_refund import preview_refund

router = APIRouter(prefix="/api/v1/admin/orders/{order_id}", tags=["staff: orders"])
Reader = Annotated[Principal, Depends(require("orders:read"))]
Writer = Annotated[Principal, Depends(require("orders:write"))]
Refunder = Annotated[Principal, Depends(require("refunds:write"))]


@router.get("/refunds", summary="The refunds of an order", operation_id="list_refunds", responses=responses(NotFound))
async def list_all(order_id: UUID, ctx: Ctx, _staff: Reader) -> Refunds:
    """With those made in the provider's dashboard, and with the cancellations after the payment."""
    order, refunds, cancellations = await list_refunds(ctx, order_id)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "refunds.read", f"order:{order_id}")
    return Refunds(
        items=[RefundView.of(order, refund) for refund in refunds],
        cancellations=[CancellationView.of(each) for each in cancellations],
    )


@router.post(
    "/refunds/previews",
    summary="What a refund would give back",
    operation_id="preview_refund",
    responses=responses(NotFound, Invalid, problems.OrderNotRefundable, problems.RefundExceeds),
)
async def preview(order_id: UUID, body: RefundPreviewRequest, ctx: Ctx, _staff: Refunder) -> RefundPreview:
    """Pieces have their share of the line's discount and tax; the last one takes the rest. Nothing is written."""
    return RefundPreview.of(await preview_refund(ctx, order_id, body.wish))


@router.post(
    "/refunds",
    status_code=201,
    summary="Give money back",
    operation_id="create_refund",
    response_model=RefundView,
    responses=responses(
        *IDEMPOTENCY_PROBLEMS,
        Invalid,
        NotFound,
        *(problems.OrderNotRefundable, problems.RefundExceeds, problems.RefundChanged, problems.NothingToRefund),
    ),
)
async def create(order_id: UUID, body: RefundRequest, key: IdempotencyKey, ctx: Ctx, staff: Refunder) -> Response:
    """By pieces, shipping, an amount, or whole; never more than is left. `status` is `requested` until the provider has
    accepted it, which may take days, and it may fail even then: its pieces and its amount are free again.

    Pieces that were not sent are cancelled by it: nobody sends what was paid back.
    """

    async def work(refund_id: UUID) -> IdempotentResponse:
        made = body.made(refund_id, staff.account_id)
        return IdempotentResponse(201, RefundView.of(*await create_refund(ctx, order_id, made)))

    scope = f"refunds.create:{staff.account_id}:{order_id}"
    return await idempotent(ctx, scope=scope, key=key, request=body, work=work)


@router.post(
    "/cancellations",
    status_code=201,
    summary="Cancel pieces of a paid order",
    operation_id="cancel_pieces",
    response_model=CancellationAnswer,
    responses=responses(
        *IDEMPOTENCY_PROBLEMS,
        Invalid,
        NotFound,
        NotEnoughPieces,
        *(OrderNotCancellable, problems.NothingToCancel, problems.RefundChanged),
    ),
)
async def cancel(order_id: UUID, body: CancellationRequest, key: IdempotencyKey, ctx: Ctx, staff: Writer) -> Response:
    """Those that were not sent; they may go back on the shelf, and their money to the customer. An order of which no
    piece is left is cancelled (`life`). With `refund`, the right `refunds:write` is needed, too.
    """
    if body.refund and "refunds:write" not in staff.scopes:
        raise Forbidden("Money is given back by who has the right refunds:write.")

    async def work(cancellation_id: UUID) -> IdempotentResponse:
        done = await cancel_order_pieces(ctx, order_id, cancellation_id, body.wish, staff.account_id)
        return IdempotentResponse(201, CancellationAnswer.whole(done))

    scope = f"orders.cancel_pieces:{staff.account_id}:{order_id}"
    return await idempotent(ctx, scope=scope, key=key, request=body, work=work)


@router.post(
    "/archive",
    status_code=204,
    summary="Put an order away",
    operation_id="archive_order",
    responses=responses(NotFound, problems.OrderNotArchivable),
)
async def archive(order_id: UUID, ctx: Ctx, staff: Writer) -> None:
    """Its `life` is `archived` then; nothing else changes. Sent again, it answers the same."""
    await archive_order(ctx, order_id, staff.account_id, away=True)


@router.post(
    "/unarchive",
    status_code=204,
    summary="Take an order out again",
    operation_id="unarchive_order",
    responses=responses(NotFound, problems.OrderNotArchivable),
)
async def unarchive(order_id: UUID, ctx: Ctx, staff: Writer) -> None:
    """Sent again, it answers the same."""
    await archive_order(ctx, order_id, staff.account_id, away=False)
