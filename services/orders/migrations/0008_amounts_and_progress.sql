-- squawk-ignore-file ban-drop-constraint
-- What an order costs beside its articles: discounts, taxes and the chosen shipping; who is billed; and how far it has
-- come after the payment. Rows from before have none of it: the defaults say so.
alter table orders
    -- Off the lines, and off the shipping. Minor units, as all that follows.
    add column discount bigint not null default 0,
    add column shipping_discount bigint not null default 0,
    -- Tax in what shipping costs; millionths: 190000 are 19 %.
    add column shipping_tax bigint not null default 0,
    add column shipping_tax_rate integer not null default 0,
    -- What the shopper pays for shipping, tax included. Null in rows from before: `shipping`.
    add column shipping_charged bigint,
    -- All tax in the total; how much of it came on top of prices without tax; and what was taken off prices with tax
    -- where none is owed.
    add column tax bigint not null default 0,
    add column tax_added bigint not null default 0,
    add column tax_relief bigint not null default 0,
    add column tax_included boolean not null default true,
    add column reverse_charge boolean not null default false,
    add column vat_id text,
    add column billing_address jsonb,
    -- Of its mails and documents, such as "de".
    add column locale text,
    -- The method as it was chosen: {id, title, zone, estimate}.
    add column shipping_method jsonb;
alter table order_lines
    add column product_id uuid,
    add column weight_grams integer,
    add column discount bigint not null default 0,
    -- [{discount_id, title, code, amount}]: what `discount` is made of.
    add column discounts jsonb,
    add column tax bigint not null default 0,
    add column tax_rate integer not null default 0,
    add column tax_class text,
    -- What the shopper pays for the line, tax included. Null in rows from before: `total`.
    add column charged bigint;
alter table order_lines add constraint order_lines_amounts check (
    discount between 0 and unit_price * quantity and tax >= 0 and tax_rate >= 0 and tax <= coalesce(charged, tax)
) not valid;

create function check_order(
    number text, account_id uuid, token_hash bytea, email text, shipping_address jsonb, currency text,
    subtotal bigint, shipping bigint, rounding bigint, total bigint,
    status text, payment text, stock text, cancel_reason text, attention text, version integer,
    next_attempt_at timestamptz, attempts smallint, paid_at timestamptz, cancelled_at timestamptz,
    discount bigint, shipping_discount bigint, shipping_tax bigint, shipping_charged bigint, tax bigint,
    tax_added bigint, tax_relief bigint, tax_included boolean, reverse_charge boolean, billing_address jsonb
) returns boolean language plpgsql immutable as $$
declare
    broken text := case
        when not number ~ '^M-[2-9A-HJKMNP-TV-Z]{6}$' then 'orders_number_form'
        when num_nonnulls(account_id, token_hash) <> 1 then 'orders_one_owner'
        when octet_length(token_hash) <> 32 then 'orders_token_hash'
        when length(email) not between 3 and 254 then 'orders_email_check'
        when not (jsonb_typeof(shipping_address) = 'object' and shipping_address ? 'country')
            then 'orders_shipping_address_check'
        when not currency ~ '^[A-Z]{3}$' then 'orders_currency_check'
        when subtotal < 0 then 'orders_subtotal_check'
        when shipping < 0 then 'orders_shipping_check'
        when total <= 0 then 'orders_total_check'
        when discount not between 0 and subtotal or shipping_discount not between 0 and shipping
            then 'orders_discounts'
        when tax < 0 or tax_relief < 0 or tax_added <> (case when tax_included then 0 else tax end)
            or reverse_charge and tax <> 0 or shipping_tax not between 0 and tax then 'orders_taxes'
        when shipping_charged < shipping_tax then 'orders_shipping_charged'
        when not (jsonb_typeof(billing_address) = 'object' and billing_address ? 'country')
            then 'orders_billing_address'
        when total <> subtotal - discount + shipping - shipping_discount - tax_relief + tax_added + rounding
            then 'orders_sums_add_up'
        when status not in (
            'placed', 'pending_payment', 'authorised', 'stock_committed', 'paid', 'cancelling', 'cancelled'
        ) then 'orders_status_check'
        when payment not in ('none', 'unknown', 'open', 'authorised', 'captured', 'cancelled')
            then 'orders_payment_check'
        when stock not in ('none', 'held', 'committed', 'released') then 'orders_stock_check'
        when cancel_reason not in (
            'out_of_stock', 'expired', 'stock_lost', 'cancelled_by_customer', 'payment_unavailable'
        ) then 'orders_cancel_reason_check'
        when attention not in ('stock_not_returned', 'paid_without_stock', 'charged_after_cancel')
            then 'orders_attention_check'
        when version <= 0 then 'orders_version_check'
        when attempts < 0 then 'orders_attempts_check'
        when (status in ('cancelling', 'cancelled')) <> (cancel_reason is not null)
            then 'orders_reason_when_cancelled'
        when status = 'paid' and payment <> 'captured' then 'orders_paid_is_captured'
        when status in ('stock_committed', 'paid') and stock <> 'committed'
            and attention is distinct from 'paid_without_stock' then 'orders_paid_has_stock'
        when status = 'cancelled' and payment = 'captured' and attention is null
            then 'orders_cancelled_took_no_money'
        when (status = 'paid') <> (paid_at is not null) or (status = 'cancelled') <> (cancelled_at is not null)
            then 'orders_times'
        when status not in ('paid', 'cancelled') and next_attempt_at is null then 'orders_never_forgotten'
    end;
begin
    if broken is not null then
        raise exception 'order % breaks the rule %', number, broken
            using errcode = 'check_violation', constraint = broken, table = 'orders';
    end if;
    return true;
end
$$;
alter table orders drop constraint orders_valid;
alter table orders add constraint orders_valid check (check_order(
    number, account_id, token_hash, email, shipping_address, currency, subtotal, shipping, rounding, total,
    status, payment, stock, cancel_reason, attention, version, next_attempt_at, attempts, paid_at, cancelled_at,
    discount, shipping_discount, shipping_tax, shipping_charged, tax, tax_added, tax_relief, tax_included,
    reverse_charge, billing_address
)) not valid;
create trigger orders_amounts_stay before update of
    discount, shipping_discount, shipping_tax, shipping_tax_rate, shipping_charged, tax, tax_added, tax_relief,
    tax_included, reverse_charge, shipping_method
    on orders for each statement execute function refuse_change();

-- The lines add up to the subtotal as listed, to the discount and the tax, and to the total as charged.
create or replace function check_order_sums() returns trigger language plpgsql as $$
declare
    wrong uuid;
begin
    select o.id into wrong
    from orders o, lateral (
        select sum(l.total) as listed, sum(l.discount) as discount, sum(l.tax) as tax,
               sum(coalesce(l.charged, l.total)) as charged
        from order_lines l where l.order_id = o.id
    ) as line
    where o.id in (select order_id from changed)
      and (line.listed, line.discount, line.tax, line.charged) is distinct from (
          o.subtotal, o.discount, o.tax - o.shipping_tax,
          o.total - o.rounding - coalesce(o.shipping_charged, o.shipping)
      )
    limit 1;
    if wrong is not null then
        raise exception 'the lines of order % do not add up to its sums', wrong
            using errcode = 'check_violation', constraint = 'orders_lines_add_up';
    end if;
    return null;
end
$$;

-- Who did it: an account; null: the shop by itself.
alter table order_events add column actor uuid;

-- How far an order has come after its payment: one row, from the first thing that happened. Each figure is changed by
-- the statement or transaction that writes what it counts, under the lock of the order's row.
create table order_progress (
    order_id uuid primary key references orders (id),
    -- Pieces.
    cancelled integer not null default 0,
    fulfilled integer not null default 0,
    returned integer not null default 0,
    -- Minor units of the order's currency: given back, and on its way back.
    refunded bigint not null default 0,
    refund_pending bigint not null default 0,
    -- Disputes that are open.
    disputes integer not null default 0,
    archived_at timestamptz,
    updated_at timestamptz not null default now(),
    constraint order_progress_counts check (
        cancelled >= 0 and fulfilled >= 0 and returned between 0 and fulfilled and refunded >= 0
        and refund_pending >= 0 and disputes >= 0
    )
);
