"""Returns for shoppers.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.problems import Invalid, NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent
from orders.checkout import owned_order
from orders.context import Ctx
from orders.returns import problems
from orders.returns.api.models import Returns, ReturnView
from orders.returns.api.requests import ReturnRequest
from orders.returns.usecases.decide_return import withdraw_return
from orders.returns.usecases.list_returns import list_own_returns
from orders.returns.usecases.open_return import request_return
from orders.shoppers import LOOKUP, LOOKUP_ADDRESS, MISSES, CurrentViewer

router = APIRouter(prefix="/api/v1/orders", tags=["orders"])
_LIMITS = [LOOKUP_ADDRESS, LOOKUP, MISSES]


@router.get(
    "/{order_id}/returns",
    summary="The returns of an order",
    operation_id="list_own_returns",
    dependencies=_LIMITS,
    responses=responses(NotFound),
)
async def list_own(order_id: UUID, ctx: Ctx, viewer: CurrentViewer) -> Returns:
    """With what may still be asked back. Of the signed-in account; a guest's by `Order-Token`."""
    return Returns.of(await list_own_returns(ctx, viewer, order_id))


@router.post(
    "/{order_id}/returns",
    status_code=201,
    summary="Ask for a return",
    operation_id="request_return",
    dependencies=_LIMITS,
    response_model=ReturnView,
    responses=responses(
        *IDEMPOTENCY_PROBLEMS,
        Invalid,
        NotFound,
        *(problems.NotReturnable, problems.ReturnLimit),
    ),
)
async def request(
    order_id: UUID, body: ReturnRequest, key: IdempotencyKey, ctx: Ctx, viewer: CurrentViewer
) -> Response:
    """Of pieces that were delivered in the last days. The shop then approves or refuses it, and says so by mail."""
    await owned_order(ctx, viewer, order_id)

    async def work(return_id: UUID) -> IdempotentResponse:
        return IdempotentResponse(
            201, ReturnView.of(*await request_return(ctx, viewer, order_id, return_id, body.wish))
        )

    return await idempotent(ctx, scope=f"returns.request:{order_id}", key=key, request=body, work=work)


@router.post(
    "/{order_id}/returns/{return_id}/cancel",
    summary="Cancel a return",
    operation_id="withdraw_return",
    dependencies=_LIMITS,
    responses=responses(NotFound, problems.ReturnNotChangeable),
)
async def withdraw(order_id: UUID, return_id: UUID, ctx: Ctx, viewer: CurrentViewer) -> ReturnView:
    """Until the shop has received it. Sent again, it answers the same."""
    return ReturnView.of(*await withdraw_return(ctx, viewer, order_id, return_id))
