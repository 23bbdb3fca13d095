"""Make a group of customers, or change its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import asyncpg

from chassis import audit
from chassis.problems import NotFound
from identity.context import IdentityContext
from identity.customers.problems import GroupChanged, GroupNameTaken, TooManyGroups
from identity.customers.store import groups
from identity.customers.store.groups import Group


async def make_group(ctx: IdentityContext, group_id: UUID, name: str, about: str | None) -> Group:
    """The group; once for each id.

    Raises:
        GroupNameTaken. TooManyGroups.
    """
    with _name_is_free():
        async with ctx.db.write() as tx:
            made = await groups.find(tx, group_id)
            if made is not None:
                return made
            made = await groups.add(tx, group_id, name, about)
            if made is None:
                raise TooManyGroups(f"There are {groups.MOST} groups at most.", limit=groups.MOST)
            await audit.record(tx, "group.made", f"group:{group_id}", after={"name": name})
    return made


async def change_group(ctx: IdentityContext, group_id: UUID, version: int, name: str, about: str | None) -> Group:
    """The group with this name.

    Raises:
        NotFound: there is no such group. GroupChanged. GroupNameTaken.
    """
    with _name_is_free():
        async with ctx.db.write() as tx:
            before = await groups.lock(tx, group_id)
            if before is None:
                raise NotFound("There is no such group.")
            changed = await groups.change(tx, group_id, version, name, about)
            if changed is None:
                raise GroupChanged(f"It is of version {before.version}.", version=before.version)
            was = {"name": before.name}
            await audit.record(tx, "group.changed", f"group:{group_id}", before=was, after={"name": name})
    return changed


@contextmanager
def _name_is_free() -> Iterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name != "account_groups_name":
            raise
        raise GroupNameTaken("Choose another name.") from None
