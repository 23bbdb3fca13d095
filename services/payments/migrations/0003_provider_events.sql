-- The webhook inbox: what the provider told us, each event once however often it was sent.
create table provider_events (
    id text primary key,
    type text not null,
    payment_id uuid,
    intent_id text,
    -- As it was sent, without the intent's client secret. Plain json: jsonb refuses some of what JSON may hold.
    payload json not null,
    received_at timestamptz not null default now(),
    applied_at timestamptz,
    outcome text,

    constraint provider_events_id check (length(id) between 1 and 255),
    constraint provider_events_outcome check (
        outcome in ('applied', 'unchanged', 'asked', 'ignored', 'mismatched', 'unmatched')
    ),
    constraint provider_events_applied check ((applied_at is null) = (outcome is null))
);
-- The history of a payment, for staff.
create index provider_events_of_payment on provider_events (payment_id, received_at) where payment_id is not null;
-- Forgetting raw webhooks after their time.
create index provider_events_received on provider_events (received_at);
