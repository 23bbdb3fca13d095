-- Every order ends: it is paid or cancelled.
-- reads: orders (id status payment stock placed_at expires_at next_attempt_at), order_events (order_id at)
select id, status, payment, stock, placed_at from orders o
where next_attempt_at is not null and status not in ('paid', 'cancelled') and placed_at < now() - $1::interval
  -- It may wait for its shopper until its time to pay is over: for days, where that is a bank transfer.
  and (status <> 'pending_payment' or expires_at < now() - $1::interval)
  and not exists (select from order_events e where e.order_id = o.id and e.at >= now() - $1::interval)
order by id limit 20
