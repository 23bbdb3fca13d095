-- What happened to a captured payment at the provider behind our back: refunds and disputes made there, and warnings of
-- fraud. Told to staff; the ledger and the order do not follow yet.
create table provider_cases (
    id text primary key check (length(id) between 1 and 255),
    payment_id uuid not null references payments (id),
    kind text not null,
    status text not null check (length(status) between 1 and 100),
    reason text check (length(reason) <= 200),
    -- Minor units of the payment's currency; of a warning, all of it.
    amount bigint not null check (amount > 0),
    currency text not null,
    -- By when a dispute has to be answered.
    due_by timestamptz,
    provider_created_at timestamptz not null,
    -- When the provider was asked for what is written here: an answer to an earlier question changes nothing.
    asked_at timestamptz not null,
    updated_at timestamptz not null default now(),

    constraint provider_cases_kind check (kind in ('refund', 'dispute', 'fraud_warning'))
);
create index provider_cases_of_payment on provider_cases (payment_id, provider_created_at, id);
