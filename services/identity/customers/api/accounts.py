"""The list of accounts, and one of them, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import StringConstraints

from chassis.auth import require
from chassis.problems import NotFound, responses
from chassis.web import Email, Page, Paged, SingleLine, pagination
from identity.api.schemas import AccountOut
from identity.context import Ctx
from identity.customers.models import AccountDetail
from identity.customers.store.accounts import Wanted
from identity.customers.usecases import list_accounts as accounts

router = APIRouter(
    prefix="/api/v1/admin/accounts", tags=["staff: accounts"], dependencies=[Depends(require("accounts:read"))]
)
Text = Annotated[SingleLine, StringConstraints(max_length=100)]


@router.get("", summary="List accounts")
async def list_accounts(
    ctx: Ctx,
    page: Paged,
    email: Annotated[Email | None, Query(description="Exactly this address")] = None,
    text: Annotated[
        Text | None, Query(description="All of these words are in the address or the name", examples=["ada"])
    ] = None,
    group: Annotated[UUID | None, Query(description="Only those in this group")] = None,
    staff: Annotated[bool, Query(description="Only those with a role beside customer")] = False,  # noqa: FBT002 -- a query parameter
) -> Page[AccountOut]:
    """Newest first."""
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    wanted = Wanted(before=before, email=email, text=text, group=group, staff=staff)
    found, more = await accounts.list_accounts(ctx, wanted, page.limit)
    cursor = pagination.encode((found[-1].id,)) if more else None
    return Page(items=[AccountOut.of(account) for account in found], next_cursor=cursor)


@router.get("/{account_id}", summary="An account with its groups", responses=responses(NotFound))
async def read_account(account_id: UUID, ctx: Ctx) -> AccountDetail:
    """What staff know of it, but its notes."""
    return AccountDetail.shown(*await accounts.read_account(ctx, account_id))
