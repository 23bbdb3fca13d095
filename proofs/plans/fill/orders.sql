-- Orders that were paid and sent; half of them came back in part. Nothing of them is left to be done.
create temporary table o as
select n, pg_temp.id_at(at, n) as id, pg_temp.id_of('account', n) as account, pg_temp.id_at(at, n + :orders) as other, at,
       translate(lpad(to_hex(n), 6, '0'), '0123456789abcdef', '23456789ABCDEFGH') as code
from (select n, now() - interval '3 days' - make_interval(secs => :orders - n) as at from generate_series(1, :orders) as n) as each;
insert into orders (id, number, account_id, email, shipping_address, currency, subtotal, shipping, total, status, payment, stock,
    placed_at, expires_at, paid_at)
select id, 'M-' || code, account, 'filled' || n || '@example.com',
       jsonb_build_object('name', 'Filled ' || n, 'country', case when n % 3 = 0 then 'FR' else 'DE' end),
       'EUR', 1000, 0, 1000, 'paid', 'captured', 'committed', at, at, at
from o;
insert into order_lines (order_id, position, variant_id, sku, title, variant_title, slug, unit_price, quantity)
select id, 1, other, 'FILLED-' || n, 'Filled', '', 'filled', 500, 2 from o;
insert into order_progress (order_id, fulfilled, refunded) select id, 2, case when n % 2 = 0 then 500 else 0 end from o;
insert into line_progress (order_id, position, ordered, fulfilled) select id, 1, 2, 2 from o;
insert into order_search (order_id, placed_at, email, words)
select id, at, 'filled' || n || '@example.com', array['filled', n::text] from o;
insert into order_events (order_id, version, kind, at) select id, 1, 'placed', at from o union all select id, 2, 'paid', at from o;
insert into order_mails (order_id, kind) select id, 'confirmation' from o;
insert into mails_about (order_id, kind, subject) select id, 'shipped', other from o;
insert into order_links (order_id) select id from o;
insert into order_notes (id, order_id, place, body, author) select other, id, 1, 'Filled', account from o;
insert into order_tag_names (tag, place) select 'filled ' || n, n from generate_series(1, 100) as n;
insert into order_tags (order_id, tag, place, added_by) select id, 'filled ' || 1 + n % 100, 1, account from o;
insert into documents (id, order_id, kind, series, seq, issued_at, issued_on, language, currency, total, tax, content)
select other, id, 'invoice', 'FILLED', n, at, at::date, 'en', 'EUR', 1000, 0, '{"total": 1000, "tax": 0, "currency": "EUR"}' from o;
insert into carts (id, account_id, currency, order_id) select other, account, 'EUR', id from o;
insert into cart_lines (cart_id, variant_id, quantity) select other, account, 1 from o;
insert into cancellations (id, order_id, reason, restock, lines, created_by)
select other, id, 'other', false, '[{"position": 1, "quantity": 1}]', account from o;
insert into drafts (id, currency, lines, discount_codes, payment_method, created_by, order_id, sent_at, sent_by)
select id, 'EUR', '[]', '{}', 'card', account, id, at, account from o;
insert into discounts (id, title, automatic, kind, target, rate, amounts, articles, minimum, combines_with, status)
select md5(n::text)::uuid, 'Filled ' || n, false, 'percent', 'order', 100000, '{}', '{}', '{}', '{}', 'archived'
from generate_series(1, 200) as n;
insert into discount_codes (code, discount_id, once) select 'FILLED-' || n, md5((1 + n % 200)::text)::uuid, false from o;
insert into discount_customers (discount_id, customer, used)
select md5((1 + n % 200)::text)::uuid, decode(md5(n::text), 'hex'), 1 from o;
insert into discount_uses (order_id, discount_id, code, customer)
select id, md5((1 + n % 200)::text)::uuid, 'FILLED-' || n, decode(md5(n::text), 'hex') from o;
insert into order_holds (order_id, holder, address, network, units, first)
select id, decode(md5(n::text), 'hex'), decode(md5(n::text), 'hex'), decode(md5((n / 100)::text), 'hex'), 1, true from o where n > :orders - 100;
insert into parcels (id, order_id, number, status, carrier, shipped_at, delivered_at, mailed_at)
select other, id, 1, 'delivered', 'DHL', at, at, at from o;
insert into parcel_lines (parcel_id, position, order_id, quantity) select other, 1, id, 2 from o;
insert into refunds (id, order_id, origin, status, amount, goods, shipping, adjustment, tax, shipping_tax, reason, accepted_at)
select other, id, 'shop', 'refunded', 500, 500, 0, 0, 0, 0, 'other', at from o where n % 2 = 0;
insert into refund_lines (refund_id, position, order_id, quantity, gross, tax, discount, cancelled, restock)
select other, 1, id, 1, 500, 0, 0, 0, false from o where n % 2 = 0;
insert into restocks (id, order_id, lines, done_at)
select other, id, '[{"variant_id": "00000000-0000-0000-0000-000000000001", "quantity": 1}]', at from o where n % 2 = 0;
insert into returns (id, order_id, number, status, opened_by, reason, opened_at, approved_at, received_at, inspected_at, ended_at)
select other, id, 1, 'closed', 'shopper', 'late', at, at, at, at, at from o where n % 2 = 0;
insert into return_lines (return_id, position, order_id, quantity, restocked) select other, 1, id, 1, 1 from o where n % 2 = 0;
insert into order_disputes (dispute_id, order_id, amount, reason, opened_at, closed_at, outcome)
select 'du_filled_' || n, id, 1000, 'general', at, at, 'won' from o;
insert into link_mails (recipient, day, mails) select decode(md5(n::text), 'hex'), current_date, 1 from o;
insert into unpaid_mails (recipient, day, mails) select decode(md5(n::text), 'hex'), current_date, 1 from o;
-- Those that are repeated are few: done within two days.
insert into erasures (subject, kind, erased_at, repeat_until)
select other, 'account', now() - interval '9 days', now() - interval '7 days' from o;
drop table o;
