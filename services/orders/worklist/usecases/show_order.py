"""One order for staff: with its history, notes and tags."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from orders.checkout import HistoryEntry, Order, history_of
from orders.context import OrdersContext
from orders.fulfilment import known_order
from orders.worklist.store import notes, tags
from orders.worklist.store.notes import Note

Detail = tuple[Order, list[HistoryEntry], list[Note], list[str]]


async def show_order(ctx: OrdersContext, order_id: UUID) -> Detail:
    """The order; who read it is written down. Raises NotFound."""
    async with ctx.db.read() as tx:
        order = await known_order(tx, order_id)
        found = (order, await history_of(tx, order_id), await notes.of_order(tx, order_id))
        names = await tags.of_order(tx, order_id)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "order.read", f"order:{order_id}")
    return (*found, names)
