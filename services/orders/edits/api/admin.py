"""Changes of placed orders, mails again, and money that has come: for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis.auth import Principal, require
from chassis.problems import Invalid, NotFound, Unavailable, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent
from orders.checkout import StaffOrderView
from orders.context import Ctx
from orders.edits import problems
from orders.edits.api.models import EditedOrderView, MailAgainView
from orders.edits.api.requests import MailAgainRequest, MoneyReceived, OrderEdit
from orders.edits.usecases.edit_order import edit_order
from orders.edits.usecases.receive_money import receive_money
from orders.edits.usecases.resend_mail import resend_mail

router = APIRouter(prefix="/api/v1/admin/orders/{order_id}", tags=["staff: orders"])
Writer = Annotated[Principal, Depends(require("orders:write"))]
Cashier = Annotated[Principal, Depends(require("payments:write"))]


@router.patch(
    "",
    summary="Change an order's addresses",
    operation_id="edit_order",
    responses=responses(
        *(NotFound, Invalid, problems.OrderChanged, problems.OrderNotEditable, problems.EditChangesPrice),
    ),
)
async def edit(order_id: UUID, body: OrderEdit, ctx: Ctx, staff: Writer) -> EditedOrderView:
    """Where it goes, who is billed, the VAT number and the e-mail address, until pieces of it are sent. Its money
    stays: what would change its tax or its shipping is refused. An invoice that was written stays as it is.

    A new e-mail address makes a guest's link anew: the links in earlier mails open the order no more.
    """
    return EditedOrderView.edited(await edit_order(ctx, order_id, body.version, body.values, staff.account_id))


@router.post(
    "/mails",
    status_code=202,
    summary="Send a mail about an order again",
    operation_id="resend_mail",
    response_model=MailAgainView,
    responses=responses(
        *IDEMPOTENCY_PROBLEMS,
        Invalid,
        NotFound,
        problems.MailNotSendable,
    ),
)
async def resend(order_id: UUID, body: MailAgainRequest, key: IdempotencyKey, ctx: Ctx, staff: Writer) -> Response:
    """To the order's e-mail address, as its state and what is stored tell it now. At most 5 an hour and 50 in all."""

    async def work(mail_id: UUID) -> IdempotentResponse:
        order = await resend_mail(ctx, order_id, mail_id, body.wish, staff.account_id)
        return IdempotentResponse(202, MailAgainView.of(order, body.kind))

    scope = f"orders.resend_mail:{staff.account_id}:{order_id}"
    return await idempotent(ctx, scope=scope, key=key, request=body, work=work)


@router.post(
    "/receipts",
    summary="Mark an order as paid",
    operation_id="receive_money",
    responses=responses(NotFound, Invalid, Unavailable, problems.NoPaymentYet, *problems.OF_RECEIPTS),
)
async def receive(order_id: UUID, body: MoneyReceived, ctx: Ctx, staff: Cashier) -> StaffOrderView:
    """Of an order that is paid by bank transfer or in cash: its whole amount has come. It is paid in a moment; see
    `status`. Sent again with the same reference, it changes nothing; send it again where the answer was a 503.
    """
    order = await receive_money(ctx, order_id, body.money, body.reference, staff.account_id)
    return StaffOrderView.of(order)
