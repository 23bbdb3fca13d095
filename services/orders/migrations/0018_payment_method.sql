-- squawk-ignore-file ban-drop-constraint
-- How an order is paid; and orders of nothing, which a discount of 100 % makes: nobody has to pay them. Orders of before
-- were all paid by card.
alter table orders add column payment_method text not null default 'card';
alter table orders add constraint orders_payment_method_check
    check (payment_method in ('card', 'bank_transfer', 'cash')) not valid;
create trigger orders_payment_method_stays before update of payment_method
    on orders for each statement execute function refuse_change();

-- That an order waits for a payment that takes days is told by mail.
alter table order_mails drop constraint order_mails_kind_check;
alter table order_mails add constraint order_mails_kind_check
    check (kind in ('confirmation', 'cancelled', 'stock_lost', 'placed')) not valid;

-- As before, but that a total may be 0.
create or replace function check_order(
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
        when total < 0 then 'orders_total_check'
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

-- Their invoice says so.
alter table documents drop constraint documents_sums;
alter table documents add constraint documents_sums check (total >= 0 and tax between 0 and total) not valid;
