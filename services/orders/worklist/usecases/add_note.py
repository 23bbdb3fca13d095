"""Write a note about an order."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from orders.checkout import append_event
from orders.context import OrdersContext
from orders.fulfilment import locked_order
from orders.worklist.problems import TooManyNotes
from orders.worklist.store import notes
from orders.worklist.store.notes import Note


async def add_note(ctx: OrdersContext, order_id: UUID, note_id: UUID, body: str, author: UUID) -> Note:
    """The note; once for each id. Its text is not in the history of the order, which is never deleted.

    Raises:
        NotFound. TooManyNotes.
    """
    async with ctx.db.write() as tx:
        await locked_order(tx, order_id)
        written = await notes.find(tx, order_id, note_id)
        if written is not None:
            return written
        note = await notes.add(tx, note_id, order_id, body, author)
        if note is None:
            raise TooManyNotes(f"An order has {notes.MOST} notes at most.", limit=notes.MOST)
        await append_event(tx, order_id, "note_added", {"note_id": str(note_id)}, actor=author)
        await audit.record(tx, "order.note_added", f"order:{order_id}", after={"note": note_id})
        return note
