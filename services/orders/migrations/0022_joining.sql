-- A guest's order joins the account of its e-mail address once it has ended and the address is known to be the account's
-- owner's. The token that it was placed with goes on to open it. So an order that has ended may have both.
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
        when num_nonnulls(account_id, token_hash) = 0
            or num_nonnulls(account_id, token_hash) = 2 and status not in ('paid', 'cancelled') then 'orders_one_owner'
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

-- It joins one account, once.
create trigger orders_account_stays before update of account_id on orders
    for each row when (old.account_id is not null and old.account_id is distinct from new.account_id)
    execute function refuse_change();
