"""Endpoints of roles: the built-in ones and those of the store."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field, StringConstraints, field_validator

from chassis.auth import GRANTABLE, SCOPES, Principal, require, require_recent
from chassis.problems import NotFound, responses
from chassis.web import Model, SingleLine
from identity.context import Ctx
from identity.domain import roles as built_in
from identity.own_roles import store as roles
from identity.own_roles.problems import BuiltInRole, RoleInUse, TooManyRoles
from identity.own_roles.usecases.delete_role import delete_role
from identity.own_roles.usecases.save_role import save_role
from identity.problems import OwnRoles

router = APIRouter(prefix="/api/v1/admin/accounts/roles", tags=["staff: accounts"])
Reader = Annotated[Principal, Depends(require("accounts:read"))]
Writer = Annotated[Principal, Depends(require_recent("accounts:write"))]
Name = Annotated[
    str,
    Path(min_length=2, max_length=40, pattern=r"^[a-z][a-z0-9-]{1,39}$", description="The role", examples=["packer"]),
]


class RoleOut(Model):
    """A role and what it allows."""

    name: str = Field(description="Its name", examples=["packer"])
    about: str = Field(description="Who has it", examples=["Packs and sends parcels"])
    scopes: list[str] = Field(description="What it allows", examples=[["orders:read", "orders:write"]])
    built_in: bool = Field(description="Whether it is fixed", examples=[False])


class ScopeOut(Model):
    """A scope and its meaning."""

    name: str = Field(description="Its name", examples=["orders:read"])
    meaning: str = Field(description="What it allows", examples=["See orders of everybody, and their documents"])


class RolesOut(Model):
    """All roles, and all scopes that a role may have."""

    items: list[RoleOut]
    scopes: list[ScopeOut] = Field(description="Those that a role of the store may have")


class NewRole(Model):
    """What a role of the store allows."""

    about: Annotated[SingleLine, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Who has it", examples=["Packs and sends parcels"]
    )
    scopes: Annotated[list[Annotated[str, StringConstraints(max_length=40)]], Field(min_length=1, max_length=40)] = (
        Field(description="What it allows", examples=[["orders:read", "orders:write"]])
    )

    @field_validator("scopes")
    @classmethod
    def _known(cls, value: list[str]) -> list[str]:
        unknown = sorted(set(value) - GRANTABLE)
        if unknown:
            raise ValueError(f"there is no scope {unknown[0]!r}")
        return value


_ABOUT = {
    "customer": "Everybody who has an account",
    "support": "Reads orders, payments and accounts",
    "merchandiser": "Keeps the catalogue, stock and prices",
    "admin": "All of it",
}


@router.get("", summary="List roles and scopes", operation_id="list_roles")
async def list_roles(ctx: Ctx, _who: Reader) -> RolesOut:
    """The built-in roles first, then those of the store by name; and every scope that a role may have."""
    async with ctx.db.read() as tx:
        own = await roles.roles(tx)
    fixed = [
        RoleOut(name=name, about=about, scopes=sorted(built_in.SCOPES[name]), built_in=True)
        for name, about in _ABOUT.items()
    ]
    made = [RoleOut(name=each.name, about=each.about, scopes=each.scopes, built_in=False) for each in own]
    meanings = [ScopeOut(name=name, meaning=SCOPES[name]) for name in sorted(GRANTABLE)]
    return RolesOut(items=[*fixed, *made], scopes=meanings)


@router.put(
    "/{name}",
    summary="Make or change a role",
    operation_id="put_role",
    responses=responses(BuiltInRole, OwnRoles, TooManyRoles),
)
async def put_role(name: Name, body: NewRole, ctx: Ctx, who: Writer) -> RoleOut:
    """A role of exactly these scopes; nobody puts in what they lack. Where they change, sessions of who has it end."""
    role = await save_role(ctx, who, name, body.about, body.scopes)
    return RoleOut(name=role.name, about=role.about, scopes=role.scopes, built_in=False)


@router.delete(
    "/{name}",
    status_code=204,
    summary="Delete a role",
    operation_id="delete_role",
    responses=responses(NotFound, BuiltInRole, RoleInUse),
)
async def remove_role(name: Name, ctx: Ctx, who: Writer) -> None:
    """One of the store that nobody has."""
    await delete_role(ctx, who, name)
