-- Requests that must take effect once, by the key their client gave them.
create table idempotency (
    scope text not null,
    key text not null,
    request_hash bytea not null,
    -- The same over all tries of this request, for the calls it makes.
    operation_id uuid not null,
    -- Whoever works on it now, and until when that claim stands.
    claim uuid not null,
    claimed_until timestamptz not null,
    -- The stored answer; empty while there is none.
    status bigint,
    headers jsonb,
    body bytea,
    created_at timestamptz not null default now(),
    primary key (scope, key),
    check ((status is null) = (body is null))
);
create index idempotency_created on idempotency (created_at);
