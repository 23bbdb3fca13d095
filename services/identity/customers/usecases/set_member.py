"""Add an account to a group of customers, or take it out."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from chassis import audit
from chassis.problems import NotFound
from identity import audits
from identity.context import IdentityContext
from identity.customers.problems import GroupFull
from identity.customers.store import groups


async def add_member(ctx: IdentityContext, group_id: UUID, account_id: UUID, added_by: UUID) -> None:
    """One that is in it already changes nothing.

    Raises:
        NotFound: there is no such account or group. GroupFull.
    """
    try:
        async with ctx.db.write() as tx:
            if not await groups.keep_account(tx, account_id):
                raise NotFound("There is no such account.")
            if await groups.add_member(tx, group_id, account_id, added_by):
                after = {"group": group_id}
                await audit.record(tx, "account.group_joined", audits.subject(account_id), after=after)
    except asyncpg.ForeignKeyViolationError:
        raise NotFound("There is no such group.") from None
    except asyncpg.CheckViolationError:
        raise GroupFull(f"A group has {groups.MOST_MEMBERS} accounts at most.", limit=groups.MOST_MEMBERS) from None


async def remove_member(ctx: IdentityContext, group_id: UUID, account_id: UUID) -> None:
    """One that is not in it changes nothing."""
    async with ctx.db.write() as tx:
        await groups.keep_account(tx, account_id)
        if await groups.remove_member(tx, group_id, account_id):
            before = {"group": group_id}
            await audit.record(tx, "account.group_left", audits.subject(account_id), before=before)
