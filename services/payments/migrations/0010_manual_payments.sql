-- Payments without the provider: the shopper sends the money by bank transfer or pays in cash, and staff mark it received.
alter table payments add column method text not null default 'card';
alter table payments add constraint payments_method check (method in ('card', 'bank_transfer', 'cash')) not valid;
-- Such a payment has no intent and is never looked up at the provider.
-- squawk-ignore ban-drop-constraint
alter table payments drop constraint payments_intent_known;
alter table payments add constraint payments_intent_of_card check (
    (intent_id is null) = (client_secret is null)
    and (method <> 'card' or intent_id is not null or status in ('created', 'cancelling', 'cancelled'))
    and (method = 'card' or (intent_id is null and status in ('requires_payment', 'captured', 'cancelled')))
) not valid;
-- squawk-ignore ban-drop-constraint
alter table payments drop constraint payments_settled;
alter table payments add constraint payments_looked_up check (
    (next_check_at is null) = (status in ('captured', 'cancelled') or method <> 'card')
) not valid;

create or replace function payments_guard() returns trigger language plpgsql as $$
begin
    if (new.order_id, new.amount, new.currency, new.method)
        is distinct from (old.order_id, old.amount, old.currency, old.method)
    then
        raise exception 'a payment''s order, amount, currency and method are fixed' using errcode = 'restrict_violation';
    end if;
    if old.intent_id is not null and new.intent_id is distinct from old.intent_id then
        raise exception 'a payment keeps its intent' using errcode = 'restrict_violation';
    end if;
    if old.status = 'captured' and new.status <> 'captured' then
        raise exception 'a captured payment stays captured' using errcode = 'restrict_violation';
    end if;
    if new.version <= old.version then
        raise exception 'a payment''s version only grows' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

-- That the money of a manual payment has come, in whole. One row a payment; one reference pays one order.
create table payment_receipts (
    payment_id uuid primary key references payments (id),
    reference text not null,
    -- Minor units: the payment's.
    amount bigint not null,
    currency text not null,
    -- The member of staff; null: another service.
    received_by uuid,
    received_at timestamptz not null default now(),

    constraint payment_receipts_reference_once unique (reference),
    constraint payment_receipts_reference check (length(reference) between 1 and 140),
    constraint payment_receipts_amount check (amount > 0 and currency ~ '^[A-Z]{3}$')
);
create trigger payment_receipts_keep before update or delete on payment_receipts
for each row execute function payments_keep();
