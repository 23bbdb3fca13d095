-- What was given back of an order, and which of its pieces, is what its refunds hold; its open disputes are counted (the last 90 days).
-- reads: order_progress (order_id refunded refund_pending disputes), refunds (order_id status amount id), refund_lines (refund_id order_id position quantity), line_progress (order_id position refunded), order_disputes (order_id closed_at)
with money as (
    select order_id, sum(amount) filter (where status = 'refunded') as refunded,
           sum(amount) filter (where status = 'requested') as pending
    from refunds where order_id > (select uuidv7(interval '-90 days')) group by 1
), disputed as (
    select order_id, count(*) filter (where closed_at is null) as disputes
    from order_disputes where order_id > (select uuidv7(interval '-90 days')) group by 1
), pieces as (
    select l.order_id, l.position, sum(l.quantity) as refunded
    from refund_lines l join refunds r on r.id = l.refund_id
    where r.status <> 'failed' and l.order_id > (select uuidv7(interval '-90 days')) group by 1, 2
), line as (
    select order_id, bool_or(coalesce(p.refunded, 0) <> coalesce(s.refunded, 0)) as wrong
    from (
        select order_id, position, refunded from line_progress where order_id > (select uuidv7(interval '-90 days'))
    ) p full join pieces s using (order_id, position) group by 1
), orders_of_days as (
    select order_id, refunded, refund_pending, disputes
    from order_progress where order_id > (select uuidv7(interval '-90 days'))
)
select order_id, o.refunded, m.refunded as refunds, o.refund_pending, m.pending, o.disputes, d.disputes as open
from orders_of_days o
full join money m using (order_id) full join disputed d using (order_id) full join line using (order_id)
where coalesce(o.refunded, 0) <> coalesce(m.refunded, 0) or coalesce(o.refund_pending, 0) <> coalesce(m.pending, 0)
    or coalesce(o.disputes, 0) <> coalesce(d.disputes, 0) or coalesce(line.wrong, false)
order by order_id limit 20
