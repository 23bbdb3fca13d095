"""Delete a note about an order."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.problems import Forbidden
from orders.checkout import append_event
from orders.context import OrdersContext
from orders.fulfilment import locked_order
from orders.worklist.store import notes


async def delete_note(ctx: OrdersContext, order_id: UUID, note_id: UUID, staff_id: UUID, *, any_author: bool) -> None:
    """Delete one's own note, or anybody's. One that is gone already changes nothing.

    Raises:
        NotFound: there is no such order. Forbidden: another has written it.
    """
    async with ctx.db.write() as tx:
        await locked_order(tx, order_id)
        note = await notes.find(tx, order_id, note_id)
        if note is None:
            return
        if note.author != staff_id and not any_author:
            raise Forbidden("A note of somebody else is deleted by who has the right accounts:write.")
        await notes.delete(tx, note_id)
        await append_event(tx, order_id, "note_deleted", {"note_id": str(note_id)}, actor=staff_id)
        await audit.record(tx, "order.note_deleted", f"order:{order_id}", before={"note": note_id})
