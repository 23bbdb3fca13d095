"""Endpoints for staff: the erasure of an account for its owner.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from chassis.auth import Principal, require, require_recent
from chassis.limits import account, limit
from chassis.problems import NotFound, Unavailable, responses
from identity.context import Ctx
from identity.privacy.api.models import ErasureOut
from identity.privacy.problems import ErasureBlocked
from identity.privacy.store import erasures
from identity.privacy.usecases.ask_erasure import ask_anothers_erasure
from identity.problems import ErasureBegun, LastAdmin, OwnStatus

router = APIRouter(prefix="/api/v1/admin/accounts", tags=["staff: accounts"])
Reader = Annotated[Principal, Depends(require("accounts:read"))]
Eraser = Annotated[Principal, Depends(require_recent("accounts:write"))]


@router.post(
    "/{account_id}/erasure",
    status_code=202,
    summary="Ask for the erasure of an account",
    operation_id="create_account_erasure",
    responses=responses(NotFound, OwnStatus, LastAdmin, ErasureBlocked, ErasureBegun, Unavailable),
    dependencies=[Depends(limit("staff-erasure", "120/h", by=account))],
)
async def ask(account_id: UUID, ctx: Ctx, who: Eraser) -> ErasureOut:
    """For somebody who asked the shop for it, within ten minutes of a sign-in or step-up. Its owner is told by mail and
    can undo it for 7 days. Asked for again, it is the same one.
    """
    return ErasureOut.of(await ask_anothers_erasure(ctx, who, account_id))


@router.get(
    "/{account_id}/erasure",
    summary="The erasure of an account",
    operation_id="read_account_erasure",
    responses=responses(NotFound),
)
async def get(account_id: UUID, ctx: Ctx, _who: Reader) -> ErasureOut:
    """Also after the account is gone. 404 where none was asked for."""
    async with ctx.db.read() as tx:
        found = await erasures.of_account(tx, account_id)
    if found is None:
        raise NotFound("No erasure of this account was asked for.")
    return ErasureOut.of(found)
