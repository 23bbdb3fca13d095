"""Write a note about an account."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.problems import NotFound
from identity import audits
from identity.context import IdentityContext
from identity.customers.problems import TooManyAccountNotes
from identity.customers.store import notes
from identity.customers.store.notes import Note


async def add_note(ctx: IdentityContext, account_id: UUID, note_id: UUID, body: str, author: UUID) -> Note:
    """The note; once for each id. Its text is not in the audit log, which nothing shortens.

    Raises:
        NotFound: there is no such account. TooManyAccountNotes.
    """
    async with ctx.db.write() as tx:
        if not await notes.lock(tx, account_id):
            raise NotFound("There is no such account.")
        written = await notes.find(tx, account_id, note_id)
        if written is not None:
            return written
        note = await notes.add(tx, note_id, account_id, body, author)
        if note is None:
            raise TooManyAccountNotes(f"An account has {notes.MOST} notes at most.", limit=notes.MOST)
        await audit.record(tx, "account.note_added", audits.subject(account_id), after={"note": note_id})
        return note
