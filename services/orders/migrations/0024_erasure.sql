-- Orders without their person. An order that has ended stays for the books; name, e-mail address, telephone, street and
-- the words of people in it are replaced. `erased_at` says that it was done: triggers let exactly that through, once.
alter table orders add column erased_at timestamptz;

-- What stands in the place of an e-mail address; nothing is ever sent there (RFC 2606). As in
-- checkout/domain/erased.py.
create function erased_email() returns text language sql immutable parallel safe return 'erased@erased.invalid';

-- What is left of an address: the country, and where in it roughly.
create function erased_address(address jsonb) returns jsonb language sql immutable parallel safe
    return case when address is not null then jsonb_strip_nulls(jsonb_build_object(
        'name', '(erased)', 'line1', '(erased)', 'country', address -> 'country',
        'postal_code', left(address ->> 'postal_code', 2)
    )) end;

-- What is left of an entry of the history: no reference of a bank, no number of a carrier, no words of a bank.
create function erased_entry(data jsonb) returns jsonb language sql immutable parallel safe
    return data - array['reference', 'before', 'after', 'code', 'message'];

-- What is left of a document after its end: who sold, what, and the sums; not who bought.
create function erased_content(content jsonb) returns jsonb language sql immutable parallel safe
    return content || jsonb_build_object(
        'buyer', jsonb_build_object('lines', '[]'::jsonb, 'country', content #> '{buyer,country}'), 'ship_to', null
    );

-- Whose data were erased: an account's, or those of a guest's order. Replayed after a restore, and for two days, for what
-- was on its way when it was done.
create table erasures (
    -- The id of the account, or of the order.
    subject uuid primary key,
    kind text not null,
    -- Identity's id of it; null: of a guest's order.
    erasure_id uuid,
    erased_at timestamptz not null default now(),
    repeat_until timestamptz not null default now() + interval '2 days',
    constraint erasures_kind check (kind in ('account', 'order'))
);
-- Those that are repeated.
create index erasures_repeated on erasures (repeat_until);
-- Those that are forgotten.
create index erasures_by_age on erasures (erased_at);

-- As before, but that an order of an erased person has no owner.
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
        when num_nonnulls(account_id, token_hash) <> 1 and (
            status not in ('paid', 'cancelled')
            or num_nonnulls(account_id, token_hash) = 0 and email <> 'erased@erased.invalid'
        ) then 'orders_one_owner'
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

-- As before; an erased order stays erased, and what says that it is erased has nothing of a person left.
create or replace function check_order_edit() returns trigger language plpgsql as $$
begin
    if old.erased_at is not null then
        if (new.email, new.shipping_address, new.billing_address, new.vat_id, new.account_id, new.token_hash,
                new.erased_at)
            is distinct from (old.email, old.shipping_address, old.billing_address, old.vat_id, old.account_id,
                old.token_hash, old.erased_at) then
            raise exception 'the person of order % was erased', old.number
                using errcode = 'check_violation', constraint = 'orders_stay_erased', table = 'orders';
        end if;
    elsif new.erased_at is not null then
        if old.status not in ('paid', 'cancelled')
           or num_nonnulls(new.account_id, new.token_hash, new.vat_id, new.locale) > 0
           or (new.email, new.shipping_address, new.billing_address)
               is distinct from (erased_email(), erased_address(old.shipping_address), erased_address(old.billing_address))
        then
            raise exception 'order % has not ended, or has something of its person left', old.number
                using errcode = 'check_violation', constraint = 'orders_erased_whole', table = 'orders';
        end if;
    elsif (new.email, new.shipping_address, new.billing_address, new.vat_id)
            is distinct from (old.email, old.shipping_address, old.billing_address, old.vat_id)
       and (old.status in ('cancelling', 'cancelled')
            or exists (select from order_progress p where p.order_id = old.id and p.fulfilled > 0)) then
        raise exception 'order % has ended, or pieces of it were sent', old.number
            using errcode = 'check_violation', constraint = 'orders_edits_before_sending', table = 'orders';
    end if;
    return new;
end
$$;
create or replace trigger orders_edits_before_sending
    before update of email, shipping_address, billing_address, vat_id, account_id, token_hash, erased_at on orders
    for each row execute function check_order_edit();

-- It joins one account, once; and leaves it when its person is erased.
create or replace trigger orders_account_stays before update of account_id on orders
    for each row when (
        old.account_id is not null and old.account_id is distinct from new.account_id
        and not (new.account_id is null and new.erased_at is not null)
    )
    execute function refuse_change();

-- Whether the person of an order was erased.
create function is_erased(uuid) returns boolean language sql stable
    return exists (select from orders o where o.id = $1 and o.erased_at is not null);

-- The history is kept as it was written, but for what the erasure takes out of it.
create function keep_entry() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and is_erased(old.order_id)
       and (new.order_id, new.version, new.kind, new.at, new.data)
           is not distinct from (old.order_id, old.version, old.kind, old.at, erased_entry(old.data))
       and (new.actor is null or new.actor is not distinct from old.actor) then
        return new;
    end if;
    raise exception '% of % is refused: these rows are kept as they were written', tg_op, tg_table_name
        using errcode = 'integrity_constraint_violation';
end
$$;
create or replace trigger order_events_append_only before update or delete on order_events
    for each row execute function keep_entry();

-- A cancellation is kept as it was written, but for what staff wrote about it.
create function keep_cancellation() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and is_erased(old.order_id)
       and to_jsonb(new) is not distinct from to_jsonb(old) || '{"note": "(erased)"}' then
        return new;
    end if;
    raise exception '% of % is refused: these rows are kept as they were written', tg_op, tg_table_name
        using errcode = 'integrity_constraint_violation';
end
$$;
create or replace trigger cancellations_append_only before update or delete on cancellations
    for each row execute function keep_cancellation();

-- The documents of an erased person are sealed copies: the law asks for them until a day, and then for the sums alone.
alter table documents add column kept_until date;

-- A document is never changed nor deleted, but that it is sealed, and that its buyer goes when its time is over. (The
-- number is made after this trigger.)
create function keep_document() returns trigger language plpgsql as $$
declare
    changes constant text[] := array['number', 'kept_until', 'content'];
begin
    if tg_op = 'UPDATE' and is_erased(old.order_id) and to_jsonb(new) - changes = to_jsonb(old) - changes then
        if old.kept_until is null and new.kept_until > old.issued_on and new.content = old.content then
            return new;
        end if;
        if old.kept_until < current_date and new.kept_until = old.kept_until
           and new.content = erased_content(old.content) then
            return new;
        end if;
    end if;
    raise exception '% of % is refused: these rows are kept as they were written', tg_op, tg_table_name
        using errcode = 'integrity_constraint_violation';
end
$$;
create or replace trigger documents_stay before update or delete on documents
    for each row execute function keep_document();
