-- in-batches
-- Orders from before can be searched, too.
insert into order_search (order_id, placed_at, email, words)
select o.id, o.placed_at, lower(o.email),
    search_words(concat_ws(' ', o.shipping_address ->> 'name', o.billing_address ->> 'name', line.titles))
    || line.skus || o.number || ('currency:' || o.currency)
    || array_remove(array[
        'country:' || coalesce(o.shipping_address ->> 'country', o.billing_address ->> 'country'),
        'method:' || (o.shipping_method ->> 'id')
    ], null)
from (
    select * from orders where not exists (select from order_search s where s.order_id = orders.id) limit 5000
) as o, lateral (
    select string_agg(l.title || ' ' || l.variant_title, ' ' order by l.position) as titles,
           coalesce(array_agg(distinct 'sku:' || lower(l.sku)), '{}') as skus
    from order_lines l where l.order_id = o.id
) as line
on conflict (order_id) do nothing
