-- in-batches
-- was 4aedc98c8c84565102c4345336f8e7191e860cf1592589a454d7760045648c81
-- What was there before the triggers. A row that they have written meanwhile is left alone: it is newer than what is seen
-- here. Rows are locked in the order in which the triggers lock them.
with missing as (
    select product_id, currency from product_prices pp
    where in_stock is null and exists (
        select from variants v join variant_prices vp on vp.variant_id = v.id join stock s on s.variant_id = v.id
        where v.product_id = pp.product_id and v.active and vp.currency = pp.currency
    )
    limit 2500
),
locked as (
    select product_id, currency from product_prices join missing using (product_id, currency)
    order by product_id, currency for no key update of product_prices
)
update product_prices pp set in_stock = (
    select bool_or(not s.tracked or s.backorder or s.on_hand > s.reserved)
    from variants v join variant_prices vp on vp.variant_id = v.id join stock s on s.variant_id = v.id
    where v.product_id = pp.product_id and v.active and vp.currency = pp.currency
)
from locked
where pp.product_id = locked.product_id and pp.currency = locked.currency and pp.in_stock is null;
