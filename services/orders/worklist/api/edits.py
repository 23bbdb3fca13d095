"""Notes, and what staff do to several orders at once.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis.auth import Principal, require
from chassis.problems import Forbidden, Invalid, NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent
from orders.context import Ctx
from orders.worklist.api.models import EditedOrder, EditedOrders, NewNote, NoteView, OrderEdits
from orders.worklist.problems import TooManyNotes
from orders.worklist.usecases.add_note import add_note
from orders.worklist.usecases.delete_note import delete_note
from orders.worklist.usecases.edit_orders import edit_orders, preview_edit

router = APIRouter(prefix="/api/v1/admin/orders", tags=["staff: orders"])
Writer = Annotated[Principal, Depends(require("orders:write"))]


@router.post("/edits", summary="Edit several orders", operation_id="edit_orders", responses=responses(Invalid))
async def edit(body: OrderEdits, ctx: Ctx, staff: Writer) -> EditedOrders:
    """Gives and takes tags, puts away or takes out. Each order is edited wholly or not at all, and `items` say what
    became of it. Sent again, it changes nothing more, and goes on where it was cut off.
    """
    order_ids = sorted(set(body.order_ids))
    if body.preview:
        results = await preview_edit(ctx, order_ids, body.edit)
    else:
        results = await edit_orders(ctx, order_ids, body.edit, staff.account_id)
    return EditedOrders(items=[EditedOrder.of(each) for each in results])


@router.post(
    "/{order_id}/notes",
    status_code=201,
    summary="Write a note about an order",
    operation_id="add_order_note",
    response_model=NoteView,
    responses=responses(Invalid, NotFound, TooManyNotes, *IDEMPOTENCY_PROBLEMS),
)
async def add(order_id: UUID, body: NewNote, key: IdempotencyKey, ctx: Ctx, staff: Writer) -> Response:
    """For staff alone. It stands in the order's answer until it is deleted."""

    async def work(note_id: UUID) -> IdempotentResponse:
        return IdempotentResponse(201, NoteView.of(await add_note(ctx, order_id, note_id, body.body, staff.account_id)))

    scope = f"orders.add_note:{staff.account_id}:{order_id}"
    return await idempotent(ctx, scope=scope, key=key, request=body, work=work)


@router.delete(
    "/{order_id}/notes/{note_id}",
    status_code=204,
    summary="Delete a note",
    operation_id="delete_order_note",
    responses=responses(NotFound, Forbidden),
)
async def delete(order_id: UUID, note_id: UUID, ctx: Ctx, staff: Writer) -> None:
    """One's own; with the right accounts:write, anybody's. One that is gone already is no fault."""
    await delete_note(ctx, order_id, note_id, staff.account_id, any_author="accounts:write" in staff.scopes)
