"""Delete a note about an account."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from identity import audits
from identity.context import IdentityContext
from identity.customers.store import notes


async def delete_note(ctx: IdentityContext, account_id: UUID, note_id: UUID) -> None:
    """Delete it, whoever wrote it. One that is gone already changes nothing."""
    async with ctx.db.write() as tx:
        if await notes.delete(tx, account_id, note_id):
            await audit.record(tx, "account.note_deleted", audits.subject(account_id), before={"note": note_id})
