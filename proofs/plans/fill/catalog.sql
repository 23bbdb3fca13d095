-- Products of all kinds, older than those of the demo shop; each with two variants, a picture, prices and movements.
create temporary table p as
select n, uuidv7(make_interval(secs => n - 2 * :products)) as id, uuidv7() as first, uuidv7() as second, uuidv7() as picture
from generate_series(1, :products) as n;
insert into products (id, slug, title, vendor, product_type, tags, options, status, created_at)
select id, 'filled-' || n, 'Filled ' || n, 'vendor ' || n % 100, 'type ' || n % 40, array['tag ' || n % 50], '{Size}',
       case when n % 20 = 0 then 'draft' when n % 20 = 1 then 'archived' else 'active' end,
       now() - make_interval(secs => 2 * :products - n)
from p;
insert into product_search (product_id, words, sort_title)
select id, to_tsvector('simple', 'filled ' || n || ' vendor' || n % 100), 'filled ' || n from p;
insert into known_words (word, near) select 'filled' || n, array['fille' || n] from p;
insert into variants (id, product_id, sku, option_values, position, media_id)
select first, id, 'FILLED-' || n || '-S', array['S'], 1, picture from p
union all select second, id, 'FILLED-' || n || '-L', array['L'], 2, picture from p;
insert into variant_prices (variant_id, currency, amount) select id, 'EUR', 1000 from variants where sku like 'FILLED-%';
insert into stock (variant_id, on_hand) select id, 10 from variants where sku like 'FILLED-%';
insert into stock_movements (variant_id, delta, reason) select id, 10, 'counted' from variants where sku like 'FILLED-%';
insert into stock_thresholds (variant_id, low_at) select id, 2 from variants where sku like 'FILLED-%';
insert into product_prices (product_id, currency, amount_from, amount_to, in_stock) select id, 'EUR', n, n, true from p;
insert into media (id, product_id, position, source_url, digest, content_type, width, height, widths, stored_at)
select picture, id, 1, 'https://pictures.example/' || n, encode(sha256(n::text::bytea), 'hex'), 'image/png', 10, 10, '{10}', now()
from p;
insert into publications (product_id, publish_at) select id, now() + interval '30 days' from p where n % 20 = 0;
insert into sales (id, product_id, name, starts_at, ends_at, begun)
select uuidv7(), id, 'Sale', now() + interval '30 days', now() + interval '40 days', false from p where n % 20 = 2;
insert into sale_prices (sale_id, variant_id, currency, amount)
select sales.id, p.first, 'EUR', 900 from sales join p on p.id = sales.product_id;
insert into collections (id, place, kind, slug, title, published, rule)
select uuidv7(), n, case when n % 10 = 0 then 'rule' else 'hand' end, 'filled-' || n, 'Filled ' || n, true,
       case when n % 10 = 0 then '{"match": "all", "conditions": [{"about": "tag", "relation": "is", "value": "tag 1"}]}'::jsonb end
from generate_series(1, 200) as n;
insert into collection_products (collection_id, kind, product_id, position)
select c.id, c.kind, p.id, case when c.kind = 'hand' then row_number() over (partition by c.id order by p.n) end
from collections as c, lateral (select n, id from p where p.n % 200 = c.place % 200 order by n limit 1000) as p
where c.slug like 'filled-%';
insert into categories (id, place, depth, position, slug, title)
select uuidv7(), n, 1, 500, 'filled-' || n, 'Filled ' || n from generate_series(1, 200) as n;
insert into category_products (product_id, category_id)
select p.id, c.id from p join categories as c on c.place = 1 + p.n % 200 where c.slug like 'filled-%';
insert into related_products (product_id, position, related_id)
select a.id, 1, b.id from p as a join p as b on b.n = a.n + 1;
-- Texts in two languages, and slugs that things had.
insert into translations (product_id, place, language, title)
select p.id, l.place, l.language, 'Gefüllt ' || p.n from p, (values (1, 'de'), (2, 'fr')) as l (place, language);
insert into old_product_slugs (slug, product_id) select 'was-' || n, id from p;
insert into old_collection_slugs (slug, collection_id)
select 'was-' || c.place || '-' || n, c.id from collections as c, generate_series(1, 10) as n where c.slug like 'filled-%';
insert into withdrawn_products (product_id) select id from p where n % 20 = 1;
insert into import_files (id, name, content, account_id)
select uuidv7(), 'filled.csv', '\x00', uuidv7() from generate_series(1, 20);
insert into import_runs (id, file_id, dry_run, options, state, account_id, finished_at)
select uuidv7(), id, true, '{"currency": "EUR"}', 'done', account_id, now() from import_files;
insert into import_findings (run_id, severity, number, row, handle, code, message)
select r.id, 'refused', n, n, 'filled', 'price', 'No price'
from import_runs as r, generate_series(1, :products / 20) as n;
insert into searches_without_result (day, term, searches)
select current_date - n % 30, 'filled ' || n, 1 from generate_series(1, :products) as n;
-- Reservations of orders that were paid, and what came back of some.
create temporary table o as
select n, pg_temp.id_at(now() - make_interval(secs => :orders - n), n) as id from generate_series(1, :orders) as n;
insert into reservations (order_id, status) select id, 'committed' from o;
insert into reservation_lines (order_id, variant_id, quantity)
select o.id, p.first, 1 from o join p on p.n = 1 + o.n % :products;
insert into restocks (id) select id from o;
insert into restock_lines (restock_id, variant_id, quantity, outcome)
select o.id, p.first, 1, 'counted' from o join p on p.n = 1 + o.n % :products;
drop table p, o;
