-- Whether anything of the product can be ordered in the currency. It stands with the product's prices, so that a list
-- reads and filters it without looking at the stock of every variant. Triggers keep it, also for code that does not know it.
alter table product_prices add column in_stock boolean;

-- One transaction at a time for a product, until it ends: the next one then sees what this one did to other variants. The
-- rows come first, as for whoever writes prices; the other lock is for prices that another transaction is just adding.
-- By index: in the first import of a shop the planner does not know yet how many variants there are.
create function keep_in_stock(product uuid) returns void
    language plpgsql set search_path = public, pg_temp set enable_seqscan = off set enable_hashjoin = off
    set enable_mergejoin = off as $$
begin
    perform from product_prices where product_id = product order by product_id, currency for no key update;
    perform pg_advisory_xact_lock(hashtextextended('in_stock:' || product, 0));
    update product_prices pp set in_stock = found.in_stock
    from (
        select vp.currency, bool_or(not s.tracked or s.backorder or s.on_hand > s.reserved) as in_stock
        from variants v join variant_prices vp on vp.variant_id = v.id join stock s on s.variant_id = v.id
        where v.product_id = product and v.active
        group by vp.currency
    ) as found
    where pp.product_id = product and pp.currency = found.currency and pp.in_stock is distinct from found.in_stock;
end
$$;

create function product_prices_in_stock() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    perform keep_in_stock(new.product_id);
    return null;
end
$$;

create function stock_in_stock() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    perform keep_in_stock((select product_id from variants where id = new.variant_id));
    return null;
end
$$;

-- At the end of the transaction, when it has all its other locks. Whoever changes which variants a product has, or in
-- which currencies they are sold, writes the product's prices anew; stock counts when it begins or ceases to suffice.
create constraint trigger product_prices_in_stock after insert or update of amount_from, amount_to on product_prices
deferrable initially deferred for each row execute function product_prices_in_stock();

create constraint trigger stock_in_stock after update of on_hand, reserved, tracked, backorder on stock
deferrable initially deferred for each row
when (
    (not old.tracked or old.backorder or old.on_hand > old.reserved)
    is distinct from (not new.tracked or new.backorder or new.on_hand > new.reserved)
)
execute function stock_in_stock();
