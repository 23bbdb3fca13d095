"""Returns for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis import audit
from chassis.auth import Principal, require
from chassis.problems import Invalid, NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent
from orders.context import Ctx
from orders.refunds import OrderNotRefundable, RefundExceeds, money
from orders.returns import problems
from orders.returns.api.models import Returns, ReturnView
from orders.returns.api.requests import (
    ApprovalRequest,
    InspectionRequest,
    PaybackRequest,
    ReceiptRequest,
    RefusalRequest,
    StaffReturnRequest,
)
from orders.returns.domain.return_state import ReturnStep
from orders.returns.usecases.decide_return import decide_return
from orders.returns.usecases.list_returns import list_returns
from orders.returns.usecases.locked import Actor
from orders.returns.usecases.open_return import open_return
from orders.returns.usecases.receive_return import inspect_return, receive_return
from orders.returns.usecases.refund_return import refund_return

router = APIRouter(prefix="/api/v1/admin/orders/{order_id}/returns", tags=["staff: orders"])
Reader = Annotated[Principal, Depends(require("orders:read"))]
Writer = Annotated[Principal, Depends(require("orders:write"))]
Refunder = Annotated[Principal, Depends(require("refunds:write"))]
_KEYED = (*IDEMPOTENCY_PROBLEMS, Invalid, NotFound)


@router.get("", summary="The returns of an order", operation_id="list_returns", responses=responses(NotFound))
async def list_all(order_id: UUID, ctx: Ctx, _staff: Reader) -> Returns:
    """With what may still be taken back."""
    found = Returns.of(await list_returns(ctx, order_id))
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "returns.read", f"order:{order_id}")
    return found


@router.post(
    "",
    status_code=201,
    summary="Open a return",
    operation_id="open_return",
    response_model=ReturnView,
    responses=responses(*_KEYED, problems.NotReturnable, problems.ReturnLimit),
)
async def open_one(order_id: UUID, body: StaffReturnRequest, key: IdempotencyKey, ctx: Ctx, staff: Writer) -> Response:
    """In the shopper's name, approved at once, however long ago it was delivered."""

    async def work(return_id: UUID) -> IdempotentResponse:
        opened = await open_return(ctx, order_id, return_id, body.wish, staff.account_id)
        return IdempotentResponse(201, ReturnView.of(*opened))

    scope = f"returns.open:{staff.account_id}:{order_id}"
    return await idempotent(ctx, scope=scope, key=key, request=body, work=work)


@router.post(
    "/{return_id}/approve",
    summary="Approve a return",
    operation_id="approve_return",
    responses=responses(NotFound, Invalid, problems.ReturnNotChangeable),
)
async def approve(order_id: UUID, return_id: UUID, body: ApprovalRequest, ctx: Ctx, staff: Writer) -> ReturnView:
    """The shopper is told by mail, with `answer`. `fee` is kept from what is paid back later."""
    actor = Actor(staff.account_id, staff=True)
    fee = money(body.fee)
    return ReturnView.of(
        *await decide_return(ctx, order_id, return_id, ReturnStep.APPROVE, actor, answer=body.answer, fee=fee)
    )


@router.post(
    "/{return_id}/refuse",
    summary="Refuse a return",
    operation_id="refuse_return",
    responses=responses(NotFound, Invalid, problems.ReturnNotChangeable),
)
async def refuse(order_id: UUID, return_id: UUID, body: RefusalRequest, ctx: Ctx, staff: Writer) -> ReturnView:
    """The shopper is told why, by mail. The pieces can be asked back again."""
    actor = Actor(staff.account_id, staff=True)
    return ReturnView.of(*await decide_return(ctx, order_id, return_id, ReturnStep.REFUSE, actor, answer=body.answer))


@router.post(
    "/{return_id}/cancel",
    summary="Cancel a return as staff",
    operation_id="cancel_return",
    responses=responses(NotFound, problems.ReturnNotChangeable),
)
async def cancel(order_id: UUID, return_id: UUID, ctx: Ctx, staff: Writer) -> ReturnView:
    """Where it does not come: until it is received. The pieces can be asked back again."""
    actor = Actor(staff.account_id, staff=True)
    return ReturnView.of(*await decide_return(ctx, order_id, return_id, ReturnStep.CANCEL, actor))


@router.post(
    "/{return_id}/receive",
    summary="Receive a return",
    operation_id="receive_return",
    responses=responses(NotFound, Invalid, problems.ReturnNotChangeable),
)
async def receive(order_id: UUID, return_id: UUID, body: ReceiptRequest, ctx: Ctx, staff: Writer) -> ReturnView:
    """What became of each piece. `restocked` ones go back on the catalog's shelf, once. Where nothing is `to_process`,
    it is inspected at once. Sent again with the same figures, it answers the same.
    """
    return ReturnView.of(*await receive_return(ctx, order_id, return_id, body.told, staff.account_id))


@router.post(
    "/{return_id}/inspect",
    summary="Inspect a return",
    operation_id="inspect_return",
    responses=responses(NotFound, Invalid, problems.ReturnNotChangeable),
)
async def inspect(order_id: UUID, return_id: UUID, body: InspectionRequest, ctx: Ctx, staff: Writer) -> ReturnView:
    """What became of each piece that was to be processed: back on the shelf, or not."""
    return ReturnView.of(*await inspect_return(ctx, order_id, return_id, body.told, staff.account_id))


@router.post(
    "/{return_id}/refund",
    status_code=201,
    summary="Pay back a return",
    operation_id="refund_return",
    response_model=ReturnView,
    responses=responses(
        *(*_KEYED, problems.ReturnNotChangeable, problems.ReturnPaidBack, OrderNotRefundable, RefundExceeds)
    ),
)
async def refund(
    order_id: UUID, return_id: UUID, body: PaybackRequest, key: IdempotencyKey, ctx: Ctx, staff: Refunder
) -> Response:
    """What was paid for the pieces that came, less the fee: once, after they were received. See the order's refunds."""

    async def work(refund_id: UUID) -> IdempotentResponse:
        paid = await refund_return(ctx, order_id, return_id, refund_id, body.wish, staff.account_id)
        return IdempotentResponse(201, ReturnView.of(*paid))

    scope = f"returns.refund:{staff.account_id}:{return_id}"
    return await idempotent(ctx, scope=scope, key=key, request=body, work=work)


@router.post(
    "/{return_id}/close",
    summary="Close a return",
    operation_id="close_return",
    responses=responses(NotFound, problems.ReturnNotChangeable),
)
async def close(order_id: UUID, return_id: UUID, ctx: Ctx, staff: Writer) -> ReturnView:
    """Once all of it was inspected. It can be paid back before and after."""
    actor = Actor(staff.account_id, staff=True)
    return ReturnView.of(*await decide_return(ctx, order_id, return_id, ReturnStep.CLOSE, actor))
