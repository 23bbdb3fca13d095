"""SQL of groups of customers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

MOST, MOST_MEMBERS = 200, 10_000
_COLUMNS = "id, name, about, members, version, created_at, updated_at"
# Those who make one wait for each other, so that each finds a free place if there is one.
_LOCK = "select pg_advisory_xact_lock(hashtextextended('account_groups', 0))"
_ADD = f"""
insert into account_groups (id, place, name, about)
select $1, place, $2, $3 from generate_series(1, {MOST}) as place
where place not in (select g.place from account_groups g) order by place limit 1
returning {_COLUMNS}
"""
_CHANGE = f"""
update account_groups set name = $3, about = $4, version = version + 1, updated_at = statement_timestamp()
where id = $1 and version = $2 returning {_COLUMNS}
"""
_ADD_MEMBER = """
insert into account_group_members (group_id, account_id, added_by) values ($1, $2, $3) on conflict do nothing
"""
_OF_ACCOUNT = f"""
select {_COLUMNS} from account_groups
where id in (select group_id from account_group_members where account_id = $1) order by lower(name)
"""


class Group(msgspec.Struct, frozen=True):
    """A group of customers."""

    id: UUID
    name: str
    about: str | None
    members: int
    version: int
    created_at: datetime
    updated_at: datetime


async def add(tx: WriteTx, group_id: UUID, name: str, about: str | None) -> Group | None:
    """The new group; None where there are as many as there can be.

    Raises:
        asyncpg.UniqueViolationError: account_groups_name.
    """
    await tx.value(_LOCK)
    return await tx.row(Group, _ADD, group_id, name, about)


async def find(tx: ReadTx, group_id: UUID) -> Group | None:
    """One group."""
    return await tx.row(Group, f"select {_COLUMNS} from account_groups where id = $1", group_id)


async def lock(tx: WriteTx, group_id: UUID) -> Group | None:
    """One group, which stays as it is until `tx` ends."""
    return await tx.row(Group, f"select {_COLUMNS} from account_groups where id = $1 for no key update", group_id)


async def all_of(tx: ReadTx) -> list[Group]:
    """All groups by name; at most MOST."""
    return await tx.rows(Group, f"select {_COLUMNS} from account_groups order by lower(name) limit {MOST}")


async def of_account(tx: ReadTx, account_id: UUID) -> list[Group]:
    """The groups of an account, by name."""
    return await tx.rows(Group, _OF_ACCOUNT, account_id)


async def change(tx: WriteTx, group_id: UUID, version: int, name: str, about: str | None) -> Group | None:
    """The group with these; None where it is not of this version.

    Raises:
        asyncpg.UniqueViolationError: account_groups_name.
    """
    return await tx.row(Group, _CHANGE, group_id, version, name, about)


async def delete(tx: WriteTx, group_id: UUID) -> bool:
    """Delete a group; its accounts stay. Whether it was there."""
    return await tx.execute("delete from account_groups where id = $1", group_id) == 1


async def keep_account(tx: WriteTx, account_id: UUID) -> bool:
    """Whether there is such an account: it stays until `tx` ends. Before the group, as a deletion of it does."""
    return bool(await tx.value("select true from accounts where id = $1 for key share", account_id))


async def add_member(tx: WriteTx, group_id: UUID, account_id: UUID, added_by: UUID) -> bool:
    """Add the account; whether it was not there.

    Raises:
        asyncpg.CheckViolationError: account_groups_members, the group is full.
        asyncpg.ForeignKeyViolationError: there is no such group or account.
    """
    return await tx.execute(_ADD_MEMBER, group_id, account_id, added_by) == 1


async def remove_member(tx: WriteTx, group_id: UUID, account_id: UUID) -> bool:
    """Take the account out; whether it was there."""
    sql = "delete from account_group_members where group_id = $1 and account_id = $2"
    return await tx.execute(sql, group_id, account_id) == 1
