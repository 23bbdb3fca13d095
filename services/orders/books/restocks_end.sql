-- What was to go back on the shelf is there.
-- reads: restocks (id order_id asked_at done_at)
select id, order_id, asked_at from restocks
where done_at is null and asked_at < now() - $1::interval
order by asked_at limit 20
