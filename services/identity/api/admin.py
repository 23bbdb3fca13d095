"""Endpoints for staff: accounts, their roles, and whether they are locked."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from chassis import audit
from chassis.auth import Principal, require
from chassis.problems import NotFound, responses
from chassis.web import Email, Page, Paged, pagination
from identity import store
from identity.api.schemas import AccountOut, AccountStatus, Roles
from identity.context import Ctx
from identity.problems import LastAdmin, OwnRoles, OwnStatus
from identity.usecases.set_roles import set_roles
from identity.usecases.set_status import set_status

router = APIRouter(prefix="/api/v1/admin/accounts", tags=["staff: accounts"])
Reader = Annotated[Principal, Depends(require("accounts:read"))]
Writer = Annotated[Principal, Depends(require("accounts:write"))]


@router.get("", summary="List accounts")
async def list_accounts(
    ctx: Ctx,
    _who: Reader,
    page: Paged,
    email: Annotated[Email | None, Query(description="Exactly this address")] = None,
    staff: Annotated[bool, Query(description="Only those with a role beside customer")] = False,  # noqa: FBT002 -- a query parameter
) -> Page[AccountOut]:
    """Newest first."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    async with ctx.db.read() as tx:
        found = await store.accounts(tx, before=before, email=email, staff=staff, limit=page.limit + 1)
    more = len(found) > page.limit
    items = found[: page.limit]
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "accounts.read", after={"accounts": [account.id for account in items]})
    cursor = pagination.encode((items[-1].id,)) if more else None
    return Page(items=[AccountOut.of(account) for account in items], next_cursor=cursor)


@router.put("/{account_id}/roles", summary="Set an account's roles", responses=responses(NotFound, OwnRoles, LastAdmin))
async def put_roles(account_id: UUID, body: Roles, ctx: Ctx, who: Writer) -> AccountOut:
    """Replaces all roles. The account's sessions end."""
    return AccountOut.of(await set_roles(ctx, who, account_id, list(body.roles)))


@router.put(
    "/{account_id}/status", summary="Lock or open an account", responses=responses(NotFound, OwnStatus, LastAdmin)
)
async def put_status(account_id: UUID, body: AccountStatus, ctx: Ctx, who: Writer) -> AccountOut:
    """A locked ("disabled") account's sessions end, and nobody can sign in to it until it is active again."""
    return AccountOut.of(await set_status(ctx, who, account_id, body.status))
