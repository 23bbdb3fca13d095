"""SQL of what was booked for orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx

# Disputes and fees are between the shop, its provider and a bank: what was sold stays sold.
_BOOKED = """
with page as (select id, order_id from payments where order_id > $1 order by order_id limit $2)
select now() as read_at,
    case when (select count(*) from page) = $2 then (select max(order_id::text)::uuid from page) end as last, coalesce((
        select jsonb_agg(jsonb_build_object('kind', b.kind, 'reference', b.reference, 'order_id', page.order_id,
            'currency', b.currency, 'amount', b.amount, 'booked_at', b.booked_at) order by page.order_id, b.booked_at)
        from page join lateral (
            select case t.kind when 'receipt' then 'capture' else t.kind end as kind,
                   case when t.kind like 'refund%' then t.reference else page.order_id::text end as reference,
                   e.currency, sum(case e.side when 'credit' then e.amount else -e.amount end) as amount,
                   t.occurred_at as booked_at
            from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
            where t.payment_id = page.id and t.kind in ('capture', 'receipt', 'refund', 'refund_reversal')
              and e.account = 'customer_orders'
            group by t.id, e.currency
        ) b on true
    ), '[]') as bookings
"""


class Booked(msgspec.Struct, frozen=True):
    """A page: what was booked for some orders, when it was read, and the last of the orders if there may be more."""

    read_at: datetime
    last: UUID | None
    bookings: list[dict[str, Any]]


async def booked(tx: ReadTx, after: UUID, limit: int) -> Booked:
    """Of the first so many orders with ids behind `after`."""
    found = await tx.row(Booked, _BOOKED, after, limit)
    assert found is not None, "one row holds the page"  # noqa: S101 -- narrows the type
    return found
