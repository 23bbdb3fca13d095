"""Which mails have been sent."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx, WriteTx
from orders.store.orders import COLUMNS, Order, order_of

# That an order was not paid is told within a day or not at all: a server that asks without end to come again later, for
# addresses that strangers made up, would be asked without end by ever more jobs.
_UNSENT = f"""
select {COLUMNS} from orders o
where o.id = $1 and ($2 <> 'cancelled' or coalesce(o.cancelled_at, now()) > now() - interval '1 day')
  and not exists (select from order_mails sent where sent.order_id = o.id and sent.kind = $2)
"""


async def unsent(tx: ReadTx, order_id: UUID, kind: str) -> Order | None:
    """The order, if no mail of this kind was sent about it and it is not too late for one."""
    return await tx.row(order_of, _UNSENT, order_id, kind)


async def mark_sent(tx: WriteTx, order_id: UUID, kind: str) -> None:
    sql = "insert into order_mails (order_id, kind) values ($1, $2) on conflict do nothing"
    await tx.execute(sql, order_id, kind)
