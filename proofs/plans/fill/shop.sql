-- Messages to programs, all of them delivered.
insert into webhook_messages (id, producer, aggregate, aggregate_id, number, type, body)
select pg_temp.id_at(now(), n), 'orders', 'order', pg_temp.id_of('order', n), n, 'order.placed', '{}'
from generate_series(1, :orders) as n;
insert into webhook_deliveries (message_id, endpoint_id, state, tries, last_status, last_try_at, ended_at)
select id, md5((row_number() over () % 20)::text)::uuid, 'delivered', 1, 200, now(), now() from webhook_messages;
-- Those that ended stay for 400 days.
insert into api_keys (id, title, beginning, hash, scopes, made_by, ended_at)
select uuidv7(), 'Filled ' || n, 'filled00', sha256(n::text::bytea), '{catalog:read}', uuidv7(), now()
from generate_series(1, 500) as n;
-- Figures, of days long ago: those of a month read no whole table where little was sold in it. Nothing is read anew.
insert into figure_orders (order_id, placed_at, day, currency, country, buyer)
select pg_temp.id_at(at, n), at, at::date, 'EUR', 'DE', decode(md5((n % :products)::text), 'hex')
from (select n, timestamptz '2020-01-01' + n * interval '1 minute' as at from generate_series(1, :orders) as n) as placed;
insert into figure_bookings (kind, reference, order_id, currency, amount, booked_at, day)
select 'capture', order_id, order_id, currency, 5000, placed_at, day from figure_orders;
insert into figure_lines (reference, product_id, quantity, amount)
select order_id, order_id, 1, 5000 from figure_orders;
update figure_readings set finished_at = now();
