"""Replace an address of one's address book."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.problems import NotFound
from identity import audits
from identity.addresses import store
from identity.addresses.store import Address, Fields
from identity.context import IdentityContext


async def change_address(ctx: IdentityContext, account_id: UUID, address_id: UUID, fields: Fields) -> Address:
    """The address, as it is now. Orders keep the address that they were placed with.

    Raises:
        NotFound: there is no such address, or it is another person's.
    """
    async with ctx.db.write() as tx:
        await store.lock(tx, account_id)
        changed = await store.change(tx, account_id, address_id, fields)
        if changed is None:
            raise NotFound("You have no such address.")
        await audit.record(tx, "address.changed", audits.subject(account_id), after={"address": address_id})
    return changed
