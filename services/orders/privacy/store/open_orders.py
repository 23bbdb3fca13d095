"""What is open about the orders of a person."""

from __future__ import annotations

from chassis.db import ReadTx
from orders.privacy.domain.open_matters import MOST_REASONS, OpenOrder
from orders.privacy.domain.person import Person

# Pieces of an order that was put away, or all of whose money went back, are not sent any more. An order that was paid
# before invoices were made, or a week ago, gets none.
_OPEN = """
with mine as (
    select o.*, coalesce(p.refunded, 0) as refunded, coalesce(p.disputes, 0) > 0 as disputed,
        p.archived_at is not null or coalesce(p.refunded, 0) >= o.total and o.total > 0 as done
    from orders o left join order_progress p on p.order_id = o.id
    where o.id in (select a.id from orders a where a.account_id = $1 union select unnest($2::uuid[]))
), found as (
    select m.id, m.number, m.status not in ('paid', 'cancelled') as unfinished, m.disputed,
        exists (select from refunds r where r.order_id = m.id and r.status = 'requested') as refunding,
        m.attention is not null and m.attention in ('paid_without_stock', 'charged_after_cancel')
            and m.refunded < m.total as owed,
        exists (select from returns r where r.order_id = m.id and r.ended_at is null) as coming_back,
        m.status = 'paid' and not m.done and m.attention is distinct from 'paid_without_stock' and exists (
            select from order_lines l
            left join line_progress p on p.order_id = l.order_id and p.position = l.position
            where l.order_id = m.id and l.requires_shipping
              and l.quantity > coalesce(p.cancelled, 0) + coalesce(p.fulfilled, 0)
        ) as unsent,
        m.status = 'paid' and not m.probe
            and m.paid_at > greatest(now() - interval '7 days', (select since from invoicing))
            and not exists (select from documents d where d.order_id = m.id and d.kind = 'invoice') as uninvoiced
    from mine m
)
select number, unfinished, disputed, refunding, owed, coming_back, unsent, uninvoiced from found
where unfinished or disputed or refunding or owed or coming_back or unsent or uninvoiced
order by id limit $3
"""


async def of_person(tx: ReadTx, person: Person) -> list[OpenOrder]:
    """The first of a person's orders about which something is open."""
    return await tx.rows(OpenOrder, _OPEN, *person.asked, MOST_REASONS)
