-- Stock is held for an order until its hold lapses, and not for longer.
-- reads: reservations
select order_id, expires_at from reservations
where status = 'held' and expires_at < now() - interval '5 minutes' - $1::interval
order by expires_at, order_id limit 20
