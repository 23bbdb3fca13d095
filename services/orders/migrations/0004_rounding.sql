-- What a total is rounded by, so that a card can be charged with it: between 5 fils less and 4 more, mostly 0.
alter table orders add column rounding bigint not null default 0;
alter table orders drop constraint orders_total_adds_up;
alter table orders add constraint orders_sums_add_up check (total = subtotal + shipping + rounding) not valid;
alter table orders validate constraint orders_sums_add_up;
create trigger orders_rounding_stays before update of rounding on orders
    for each statement execute function refuse_change();

-- Downloads, vouchers, services: an order of nothing but these goes to no address.
alter table orders alter column shipping_address drop not null;
alter table order_lines add column requires_shipping boolean not null default true;
