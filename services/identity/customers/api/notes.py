"""Notes about accounts, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis.auth import Principal, require
from chassis.problems import Invalid, NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent
from identity.context import Ctx
from identity.customers.models import AccountNote, AccountNotes, NewAccountNote
from identity.customers.problems import TooManyAccountNotes
from identity.customers.usecases.add_note import add_note
from identity.customers.usecases.delete_note import delete_note
from identity.customers.usecases.read_notes import read_notes

router = APIRouter(prefix="/api/v1/admin/accounts/{account_id}/notes", tags=["staff: accounts"])
Writer = Annotated[Principal, Depends(require("accounts:write"))]


@router.get(
    "",
    summary="Notes about an account",
    operation_id="list_account_notes",
    responses=responses(NotFound),
    dependencies=[Depends(require("accounts:read"))],
)
async def list_all(account_id: UUID, ctx: Ctx) -> AccountNotes:
    """The newest first. The account's owner does not see them here, but has a right to ask for them."""
    return AccountNotes(items=[AccountNote.of(each) for each in await read_notes(ctx, account_id)])


@router.post(
    "",
    status_code=201,
    summary="Write a note about an account",
    operation_id="add_account_note",
    response_model=AccountNote,
    responses=responses(Invalid, NotFound, TooManyAccountNotes, *IDEMPOTENCY_PROBLEMS),
)
async def add(account_id: UUID, body: NewAccountNote, key: IdempotencyKey, ctx: Ctx, who: Writer) -> Response:
    """An account has 100 at most."""

    async def work(note_id: UUID) -> IdempotentResponse:
        made = await add_note(ctx, account_id, note_id, body.body, who.account_id)
        return IdempotentResponse(201, AccountNote.of(made))

    scope = f"account_notes.add:{account_id}:{who.account_id}"
    return await idempotent(ctx, scope=scope, key=key, request=body, work=work)


@router.delete(
    "/{note_id}",
    status_code=204,
    summary="Delete a note about an account",
    operation_id="delete_account_note",
    dependencies=[Depends(require("accounts:write"))],
)
async def delete(account_id: UUID, note_id: UUID, ctx: Ctx) -> None:
    """Whoever wrote it. One that is gone already is no fault."""
    await delete_note(ctx, account_id, note_id)
