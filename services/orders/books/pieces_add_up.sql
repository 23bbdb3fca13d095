-- What became of the pieces of an order is what its parcels hold, and its figures are their sums (the last 90 days).
-- reads: order_lines (order_id position quantity), line_progress, parcels (id status), parcel_lines, order_progress (order_id cancelled fulfilled returned)
with sent as (
    select l.order_id, l.position, sum(l.quantity) as pieces
    from parcel_lines l join parcels p on p.id = l.parcel_id
    where p.status <> 'cancelled' and l.order_id > (select uuidv7(interval '-90 days'))
    group by 1, 2
), line as (
    select p.order_id, bool_or(p.ordered <> l.quantity or p.fulfilled <> coalesce(s.pieces, 0)) as wrong,
           sum(p.cancelled) as cancelled, sum(p.fulfilled) as fulfilled, sum(p.returned) as returned
    from line_progress p
    join order_lines l using (order_id, position)
    left join sent s using (order_id, position)
    where p.order_id > (select uuidv7(interval '-90 days'))
    group by 1
)
select order_id, line.cancelled, line.fulfilled, line.returned
from line left join order_progress o using (order_id)
where line.wrong
   or (line.cancelled, line.fulfilled, line.returned) is distinct from (o.cancelled, o.fulfilled, o.returned)
order by order_id limit 20
