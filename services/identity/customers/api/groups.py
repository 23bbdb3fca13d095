"""Groups of customers, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis.auth import Principal, require
from chassis.problems import Invalid, NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent
from identity.context import Ctx
from identity.customers.models import AccountGroup, AccountGroups, GroupChange, NewGroup
from identity.customers.problems import GroupChanged, GroupFull, GroupNameTaken, TooManyGroups
from identity.customers.store import groups
from identity.customers.usecases.delete_group import delete_group
from identity.customers.usecases.save_group import change_group, make_group
from identity.customers.usecases.set_member import add_member, remove_member

PREFIX = "/api/v1/admin/accounts/groups"
router = APIRouter(prefix=PREFIX, tags=["staff: accounts"])
Writer = Annotated[Principal, Depends(require("accounts:write"))]
_WRITING = [Depends(require("accounts:write"))]


@router.get(
    "",
    summary="Groups of customers",
    operation_id="list_account_groups",
    dependencies=[Depends(require("accounts:read"))],
)
async def list_all(ctx: Ctx) -> AccountGroups:
    """By name. `GET /api/v1/admin/accounts?group=` lists the accounts of one."""
    async with ctx.db.read() as tx:
        found = await groups.all_of(tx)
    return AccountGroups(items=[AccountGroup.of(each) for each in found])


@router.post(
    "",
    status_code=201,
    summary="Make a group of customers",
    operation_id="create_account_group",
    response_model=AccountGroup,
    responses=responses(Invalid, GroupNameTaken, TooManyGroups, *IDEMPOTENCY_PROBLEMS),
)
async def create(body: NewGroup, key: IdempotencyKey, ctx: Ctx, who: Writer) -> Response:
    """There are 200 at most."""

    async def work(group_id: UUID) -> IdempotentResponse:
        made = await make_group(ctx, group_id, body.name, body.about)
        return IdempotentResponse(201, AccountGroup.of(made))

    return await idempotent(ctx, scope=f"account_groups.make:{who.account_id}", key=key, request=body, work=work)


@router.put(
    "/{group_id}",
    summary="Change a group of customers",
    operation_id="change_account_group",
    responses=responses(Invalid, NotFound, GroupChanged, GroupNameTaken),
    dependencies=_WRITING,
)
async def change(group_id: UUID, body: GroupChange, ctx: Ctx) -> AccountGroup:
    """Its name and what it is for; its accounts stay."""
    return AccountGroup.of(await change_group(ctx, group_id, body.version, body.name, body.about))


@router.delete(
    "/{group_id}",
    status_code=204,
    summary="Delete a group of customers",
    operation_id="delete_account_group",
    dependencies=_WRITING,
)
async def delete(group_id: UUID, ctx: Ctx) -> None:
    """Its accounts stay. One that is gone already is no fault."""
    await delete_group(ctx, group_id)


@router.put(
    "/{group_id}/members/{account_id}",
    status_code=204,
    summary="Add an account to a group",
    operation_id="add_group_member",
    responses=responses(NotFound, GroupFull),
)
async def add(group_id: UUID, account_id: UUID, ctx: Ctx, who: Writer) -> None:
    """One that is in it already is no fault. A group has 10,000 accounts at most."""
    await add_member(ctx, group_id, account_id, who.account_id)


@router.delete(
    "/{group_id}/members/{account_id}",
    status_code=204,
    summary="Take an account out of a group",
    operation_id="remove_group_member",
    dependencies=_WRITING,
)
async def remove(group_id: UUID, account_id: UUID, ctx: Ctx) -> None:
    """One that is not in it is no fault."""
    await remove_member(ctx, group_id, account_id)
