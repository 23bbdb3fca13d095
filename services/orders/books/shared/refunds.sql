-- What was given back of an order, in minor units: what the provider accepted and did not fail.
-- reads: orders (id currency), refunds (order_id status amount)
select r.order_id, sum(r.amount)::bigint as refunded, o.currency
from refunds r join orders o on o.id = r.order_id
where r.order_id between $1 and $2 and r.status = 'refunded'
group by r.order_id, o.currency
