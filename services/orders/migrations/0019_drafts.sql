-- Orders that staff put together for a customer, before they are sent: then they are orders of the same id.
create table drafts (
    -- Of the order, once it is sent.
    id uuid primary key,
    version integer not null default 1,
    -- The customer, where the shop knows them: the order is theirs. Else it is a guest's.
    account_id uuid,
    email text,
    currency text not null,
    -- [{variant_id, quantity}], as staff put them in.
    lines jsonb not null,
    shipping_address jsonb,
    billing_address jsonb,
    vat_id text,
    shipping_method uuid,
    discount_codes text[] not null,
    payment_method text not null,
    locale text,
    -- Words to the customer, in the mail with the link to pay.
    note text,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- The order that it became: of its own id, written by the same transaction.
    order_id uuid references orders (id) deferrable initially deferred,
    sent_at timestamptz,
    sent_by uuid,
    constraint drafts_version check (version > 0),
    constraint drafts_email check (length(email) between 3 and 254),
    constraint drafts_currency check (currency ~ '^[A-Z]{3}$'),
    constraint drafts_lines check (jsonb_typeof(lines) = 'array' and jsonb_array_length(lines) <= 50),
    constraint drafts_addresses check (
        coalesce(jsonb_typeof(shipping_address) = 'object' and shipping_address ? 'country', true)
        and coalesce(jsonb_typeof(billing_address) = 'object' and billing_address ? 'country', true)
    ),
    constraint drafts_codes check (cardinality(discount_codes) <= 5),
    constraint drafts_payment_method check (payment_method in ('card', 'bank_transfer', 'cash')),
    constraint drafts_texts check (length(vat_id) <= 30 and length(locale) <= 6 and length(note) between 1 and 500),
    constraint drafts_order check (order_id = id),
    constraint drafts_sent check (num_nulls(order_id, sent_at, sent_by) in (0, 3))
);
-- Those that were not sent, newest first: their list, and how many there are.
create index drafts_open on drafts (id) where order_id is null;
-- Those that the clean-up deletes.
create index drafts_by_age on drafts (updated_at);
-- The orders of drafts; and what the reference to orders is checked by.
create index drafts_of_order on drafts (order_id) where order_id is not null;

create function refuse_sent_draft() returns trigger language plpgsql as $$
begin
    raise exception 'draft % was sent: it stays as it is', old.id
        using errcode = 'check_violation', constraint = 'drafts_sent_stay', table = 'drafts';
end
$$;
create trigger drafts_sent_stay before update on drafts
    for each row when (old.order_id is not null) execute function refuse_sent_draft();
