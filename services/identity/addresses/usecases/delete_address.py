"""Delete an address of one's address book."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from identity import audits
from identity.addresses import store
from identity.context import IdentityContext


async def delete_address(ctx: IdentityContext, account_id: UUID, address_id: UUID) -> None:
    """Delete it. One that is gone already is no fault."""
    async with ctx.db.write() as tx:
        if await store.delete(tx, account_id, address_id):
            await audit.record(tx, "address.deleted", audits.subject(account_id), after={"address": address_id})
