"""Endpoints for staff: the roles of accounts, and whether they are locked."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from chassis.auth import Principal, require, require_recent
from chassis.problems import NotFound, responses
from identity.api.schemas import AccountOut, AccountStatus, Roles
from identity.context import Ctx
from identity.own_roles import UnknownRole
from identity.problems import ErasureBegun, LastAdmin, OwnRoles, OwnStatus
from identity.usecases.set_roles import set_roles
from identity.usecases.set_status import set_status

router = APIRouter(prefix="/api/v1/admin/accounts", tags=["staff: accounts"])
Writer = Annotated[Principal, Depends(require("accounts:write"))]
Giver = Annotated[Principal, Depends(require_recent("accounts:write"))]


@router.put(
    "/{account_id}/roles",
    summary="Set an account's roles",
    responses=responses(NotFound, OwnRoles, LastAdmin, UnknownRole),
)
async def put_roles(account_id: UUID, body: Roles, ctx: Ctx, who: Giver) -> AccountOut:
    """Replaces all roles, within ten minutes of a sign-in or step-up. The account's sessions end."""
    return AccountOut.of(await set_roles(ctx, who, account_id, list(body.roles)))


@router.put(
    "/{account_id}/status",
    summary="Lock or open an account",
    responses=responses(NotFound, OwnStatus, LastAdmin, ErasureBegun),
)
async def put_status(account_id: UUID, body: AccountStatus, ctx: Ctx, who: Writer) -> AccountOut:
    """A locked ("disabled") account's sessions end, and nobody can sign in to it until it is active again."""
    return AccountOut.of(await set_status(ctx, who, account_id, body.status))
