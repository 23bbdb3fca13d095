"""Read the notes about an account."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.problems import NotFound
from identity import audits, store
from identity.context import IdentityContext
from identity.customers.store import notes
from identity.customers.store.notes import Note


async def read_notes(ctx: IdentityContext, account_id: UUID) -> list[Note]:
    """Newest first; the reading is a line of the audit log.

    Raises:
        NotFound: there is no such account.
    """
    async with ctx.db.write() as tx:
        if await store.account(tx, account_id) is None:
            raise NotFound("There is no such account.")
        found = await notes.of_account(tx, account_id)
        await audit.record(tx, "account.notes_read", audits.subject(account_id), after={"notes": len(found)})
    return found
