"""Write an address into one's address book."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.problems import NotFound
from identity import audits
from identity.addresses import store
from identity.addresses.problems import TooManyAddresses
from identity.addresses.store import Address, Fields
from identity.context import IdentityContext


async def add_address(ctx: IdentityContext, account_id: UUID, address_id: UUID, fields: Fields) -> Address:
    """The address; once for each id.

    Raises:
        TooManyAddresses: the book is full. NotFound: the account is gone.
    """
    async with ctx.db.write() as tx:
        if not await store.lock(tx, account_id):
            raise NotFound("This account is gone.")
        made = await store.find(tx, account_id, address_id)
        if made is not None:
            return made
        made = await store.add(tx, account_id, address_id, fields)
        if made is None:
            raise TooManyAddresses(f"It holds {store.MOST} addresses at most.", limit=store.MOST)
        await audit.record(tx, "address.added", audits.subject(account_id), after={"address": address_id})
    return made
