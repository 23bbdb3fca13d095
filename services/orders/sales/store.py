"""SQL of what was sold with orders: what their events told (orders.sales.lines)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx

_SOLD = """
with page as (
    select id, account_id, currency, total, placed_at, paid_at,
           coalesce(shipping_address ->> 'country', billing_address ->> 'country') as country
    from orders where id > $1 and not probe order by id limit $2
), given_back as (
    select r.order_id, r.id, coalesce((
        select jsonb_agg(jsonb_build_object(
            'product_id', s.product_id, 'quantity', l.quantity, 'amount', l.gross))
        from refund_lines l join order_lines s on s.order_id = l.order_id and s.position = l.position
        where l.refund_id = r.id and s.product_id is not null
    ), '[]') as lines
    from page join refunds r on r.order_id = page.id where r.accepted_at is not null
)
select now() as read_at, case when (select count(*) from page) = $2 then (select max(id::text)::uuid from page) end
    as last, coalesce((
        select jsonb_agg(jsonb_build_object('order_id', page.id, 'account_id', account_id, 'currency', currency,
            'country', country, 'placed_at', placed_at, 'free_since', case when total = 0 then paid_at end,
            'lines', coalesce((
                select jsonb_agg(jsonb_build_object(
                    'product_id', product_id, 'quantity', quantity, 'amount', coalesce(charged, total)))
                from order_lines where order_id = page.id and product_id is not null
            ), '[]'),
            'refunds', coalesce((
                select jsonb_agg(jsonb_build_object('refund_id', g.id, 'lines', g.lines))
                from given_back g where g.order_id = page.id
            ), '[]')) order by page.id)
        from page
    ), '[]') as orders
"""


class Sold(msgspec.Struct, frozen=True):
    """A page: some orders, when they were read, and the last of them if there may be more."""

    read_at: datetime
    last: UUID | None
    orders: list[dict[str, Any]]


async def sold(tx: ReadTx, after: UUID, limit: int) -> Sold:
    """The first so many orders with ids behind `after`."""
    found = await tx.row(Sold, _SOLD, after, limit)
    assert found is not None, "one row holds the page"  # noqa: S101 -- narrows the type
    return found
