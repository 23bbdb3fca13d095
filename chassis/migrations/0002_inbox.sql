-- How far this service has followed each producer's log. Moved in the transaction of the effects.
create table inbox_cursor (
    producer text primary key,
    cursor text not null default '',
    moved_at timestamptz not null default now(),
    -- One replica polls at a time: it renews this lease. Correctness does not rest on it, the conditional move does.
    holder uuid,
    leased_until timestamptz not null default '-infinity',
    -- Holders that died since the last move; the event being handled alone because of it, and how often.
    crashes bigint not null default 0,
    suspect text,
    suspect_tries bigint not null default 0,
    -- Why following has stopped until somebody decides (see chassis.inbox.restart).
    halted text
);

-- Events that could not be handled, and the later events of the same aggregate, which wait behind them.
create table inbox_dead (
    producer text not null,
    aggregate text not null,
    aggregate_id uuid not null,
    version bigint not null,
    event_id text not null,
    type text not null,
    occurred_at timestamptz not null,
    trace text,
    data jsonb not null,
    -- retrying: due at retry_at. held: waits behind an earlier one. dead: given up after its tries, see redrive.
    state text not null check (state in ('retrying', 'held', 'dead')),
    tries bigint not null default 0,
    retry_at timestamptz,
    error text,
    parked_at timestamptz not null default now(),
    primary key (producer, aggregate, aggregate_id, version),
    check ((state = 'retrying') = (retry_at is not null))
);
create index inbox_dead_due on inbox_dead (producer, retry_at) where state = 'retrying';
