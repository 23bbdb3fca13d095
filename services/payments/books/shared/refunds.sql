-- What was given back of an order, in minor units: what the provider accepted and did not fail.
-- reads: payments (id order_id), refunds (payment_id amount currency status accepted_at)
select order_id, sum(r.amount)::bigint as refunded, r.currency
from refunds r join payments p on p.id = r.payment_id
where order_id between $1 and $2 and accepted_at is not null and r.status not in ('failed', 'canceled')
group by order_id, r.currency
