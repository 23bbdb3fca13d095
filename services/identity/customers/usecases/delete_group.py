"""Delete a group of customers."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from identity.context import IdentityContext
from identity.customers.store import groups


async def delete_group(ctx: IdentityContext, group_id: UUID) -> None:
    """Its accounts stay. One that is gone already changes nothing."""
    async with ctx.db.write() as tx:
        before = await groups.find(tx, group_id)
        if await groups.delete(tx, group_id):
            was = None if before is None else {"name": before.name, "members": before.members}
            await audit.record(tx, "group.deleted", f"group:{group_id}", before=was)
