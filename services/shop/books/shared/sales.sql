-- What the ledger has of an order, and when it was booked, is what sales figures are made of.
-- reads: figure_bookings
select order_id, sum(amount)::bigint as net, currency, min(booked_at) as first, max(booked_at) as last
from figure_bookings where order_id between $1 and $2 and amount <> 0
group by order_id, currency
