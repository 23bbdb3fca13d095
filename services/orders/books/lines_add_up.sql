-- The lines of an order add up to its subtotal (the last 7 days).
-- reads: orders (id subtotal), order_lines (order_id total)
select o.id, o.subtotal, coalesce(sum(l.total), 0) as lines
from orders o left join order_lines l on l.order_id = o.id
where o.id > (select uuidv7(interval '-7 days'))
group by o.id having o.subtotal <> coalesce(sum(l.total), 0)
order by o.id limit 20
