"""The three states of an order as SQL, for filters: what `checkout`'s order_states.py derives.

Of an order `o`, its row `p` of order_progress, if any, and its lines `l`: `ordered` pieces, and whether one `ships`.
"""

from __future__ import annotations

PAYMENT = """
case when coalesce(p.disputes, 0) > 0 then 'disputed'
     when o.payment = 'captured' and coalesce(p.refunded, 0) = 0 then 'paid'
     when o.payment = 'captured' and p.refunded >= o.total then 'refunded'
     when o.payment = 'captured' then 'partly_refunded'
     when o.payment in ('authorised', 'cancelled') then o.payment
     else 'pending' end
"""
_ALL_SENT = "p.fulfilled >= l.ordered - p.cancelled"
FULFILMENT = f"""
case when p.returned > 0 and p.returned >= p.fulfilled and {_ALL_SENT} then 'returned'
     when p.returned > 0 then 'partly_returned'
     when p.fulfilled > 0 and {_ALL_SENT} then 'fulfilled'
     when p.fulfilled > 0 then 'partly_fulfilled'
     when l.ships and l.ordered > coalesce(p.cancelled, 0) then 'unfulfilled'
     else 'not_needed' end
"""
LIFE = """
case when p.archived_at is not null then 'archived'
     when o.status = 'cancelled' or coalesce(p.cancelled, 0) >= l.ordered then 'cancelled'
     else 'open' end
"""
LINES = """
lateral (
    select coalesce(sum(quantity), 0) as ordered, coalesce(bool_or(requires_shipping), false) as ships
    from order_lines where order_id = o.id
) as l
"""
