-- What was paid is there to be sent: 5 minutes after it was placed, and on orders of the last day.
-- reads: orders (id payment stock attention placed_at)
select id, stock, attention from orders
where id > (select uuidv7(interval '-1 day')) and placed_at < now() - interval '5 minutes'
  and (attention = 'paid_without_stock' or (payment = 'captured' and stock not in ('held', 'committed')))
order by id limit 20
