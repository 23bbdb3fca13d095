"""Put an order away, or take it out again: for staff."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.db import WriteTx
from orders.checkout import Order, OrderStatus, append_event, progress_of
from orders.context import OrdersContext
from orders.fulfilment import locked_order
from orders.refunds.problems import OrderNotArchivable
from orders.refunds.store import archive

_ENDS = {OrderStatus.PAID.value, OrderStatus.CANCELLED.value}


async def archive_order(ctx: OrdersContext, order_id: UUID, staff_id: UUID, *, away: bool) -> None:
    """Asked again, it changes nothing.

    Raises:
        NotFound. OrderNotArchivable: it is neither paid nor cancelled yet.
    """
    async with ctx.db.write() as tx:
        await put_away(tx, await locked_order(tx, order_id), staff_id, away=away)


async def put_away(tx: WriteTx, order: Order, staff_id: UUID, *, away: bool) -> bool:
    """As archive_order, of an order that the caller has locked; whether it changed anything.

    Raises:
        OrderNotArchivable.
    """
    check_archivable(order)
    if (await progress_of(tx, order.id)).archived == away:
        return False
    await archive.put(tx, order.id, away=away)
    kind = "archived" if away else "unarchived"
    await append_event(tx, order.id, kind, actor=staff_id)
    await audit.record(tx, f"order.{kind}", f"order:{order.id}")
    return True


def check_archivable(order: Order) -> None:
    """Raises OrderNotArchivable."""
    if order.status not in _ENDS:
        raise OrderNotArchivable(f"It is {order.status}.", order_status=order.status)
