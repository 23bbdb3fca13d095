"""SQL of the roles that a store makes for itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from chassis.problems import FieldError
from identity.domain.roles import SCOPES, scopes_of
from identity.own_roles.problems import UnknownRole


class OwnRole(msgspec.Struct, frozen=True):
    """A role of the store."""

    name: str
    about: str
    scopes: list[str]
    changed_at: datetime


async def roles(tx: ReadTx) -> list[OwnRole]:
    """All of them, by name; their number is bounded."""
    return await tx.rows(OwnRole, "select name, about, scopes, changed_at from own_roles order by name")


async def locked(tx: WriteTx, name: str) -> OwnRole | None:
    """The role of this name, its row locked until `tx` ends."""
    sql = "select name, about, scopes, changed_at from own_roles where name = $1 for update"
    return await tx.row(OwnRole, sql, name)


async def count(tx: ReadTx) -> int:
    """How many there are."""
    number: int = await tx.value("select count(*) from own_roles")
    return number


async def save(tx: WriteTx, name: str, about: str, scopes: list[str]) -> OwnRole:
    """Make the role, or replace it."""
    sql = """
    insert into own_roles (name, about, scopes) values ($1, $2, $3)
    on conflict (name) do update set about = excluded.about, scopes = excluded.scopes, changed_at = now()
    returning name, about, scopes, changed_at
    """
    role = await tx.row(OwnRole, sql, name, about, scopes)
    assert role is not None  # noqa: S101 -- the statement returns its row
    return role


async def delete(tx: WriteTx, name: str) -> bool:
    """Delete it; whether there was one.

    Raises:
        asyncpg.ForeignKeyViolationError: an account has it.
    """
    return await tx.execute("delete from own_roles where name = $1", name) == 1


async def lock_holders(tx: WriteTx, name: str) -> list[UUID]:
    """The accounts that have this role, locked in the order of their ids; their tokens are of an older version now."""
    sql = """
    with holders as (
        select id from accounts where roles <> '{customer}' and $1 = any(roles) order by id for update
    ), changed as (
        update accounts set session_version = session_version + 1 from holders where accounts.id = holders.id
        returning accounts.id
    )
    select coalesce(array_agg(id order by id), '{}') from changed
    """
    ids: list[UUID] = await tx.value(sql, name)
    return ids


async def scopes_given(tx: ReadTx, names: list[str]) -> frozenset[str]:
    """What these roles allow together.

    Raises:
        UnknownRole: there is no such role, or an operator's command alone gives it.
    """
    own = [name for name in names if name not in SCOPES]
    found = {role.name: role.scopes for role in await roles(tx)} if own else {}
    for at, name in enumerate(names):
        if name == "probe" or (name not in SCOPES and name not in found):
            wrong = FieldError(f"roles.{at}", "There is no such role", "unknown-role")
            raise UnknownRole("Choose among the roles that there are.", errors=[wrong])
    return scopes_of([name for name in names if name in SCOPES]).union(*(found[name] for name in own))
