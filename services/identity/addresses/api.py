"""The address book of who is signed in.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis.auth import CurrentPrincipal
from chassis.limits import account, limit
from chassis.problems import NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent
from identity.addresses import store
from identity.addresses.models import AddressBook, AddressFields, AddressOut
from identity.addresses.problems import TooManyAddresses
from identity.addresses.usecases.add_address import add_address
from identity.addresses.usecases.change_address import change_address
from identity.addresses.usecases.delete_address import delete_address
from identity.context import Ctx

PREFIX = "/api/v1/accounts/me/addresses"
_LIMITED = [Depends(limit("address-book", "60/min", by=account))]
router = APIRouter(prefix=PREFIX, tags=["accounts"])


@router.get("", summary="My addresses", operation_id="list_addresses")
async def list_all(ctx: Ctx, who: CurrentPrincipal) -> AddressBook:
    """Oldest first."""
    async with ctx.db.read() as tx:
        found = await store.all_of(tx, who.account_id)
    return AddressBook(items=[AddressOut.of(each) for each in found])


@router.post(
    "",
    status_code=201,
    summary="Add an address",
    operation_id="create_address",
    response_model=AddressOut,
    responses=responses(NotFound, TooManyAddresses, *IDEMPOTENCY_PROBLEMS),
    dependencies=_LIMITED,
)
async def create(body: AddressFields, key: IdempotencyKey, ctx: Ctx, who: CurrentPrincipal) -> Response:
    """An account has 20 at most."""

    async def work(address_id: UUID) -> IdempotentResponse:
        made = await add_address(ctx, who.account_id, address_id, body.fields)
        return IdempotentResponse(201, AddressOut.of(made), {"Location": f"{PREFIX}/{address_id}"})

    return await idempotent(ctx, scope=f"addresses.create:{who.account_id}", key=key, request=body, work=work)


@router.put(
    "/{address_id}",
    summary="Change an address",
    operation_id="replace_address",
    responses=responses(NotFound),
    dependencies=_LIMITED,
)
async def replace(address_id: UUID, body: AddressFields, ctx: Ctx, who: CurrentPrincipal) -> AddressOut:
    """The whole of it. Orders keep the address that they were placed with."""
    return AddressOut.of(await change_address(ctx, who.account_id, address_id, body.fields))


@router.delete(
    "/{address_id}", status_code=204, summary="Delete an address", operation_id="delete_address", dependencies=_LIMITED
)
async def delete(address_id: UUID, ctx: Ctx, who: CurrentPrincipal) -> None:
    """One that is gone already is no fault."""
    await delete_address(ctx, who.account_id, address_id)
