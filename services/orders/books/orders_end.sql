-- Every order ends: it is paid or cancelled.
-- reads: orders (id status payment stock placed_at next_attempt_at)
select id, status, payment, stock, placed_at from orders
where next_attempt_at is not null and status not in ('paid', 'cancelled') and placed_at < now() - $1::interval
order by id limit 20
