-- Work to be done at least once. A row leaves when its work is done; taking it moves run_at on by the lease, so that
-- the work of a process that died becomes due again by itself.
create table jobs (
    id bigint generated always as identity primary key,
    name text not null,
    payload jsonb not null,
    run_at timestamptz not null default now(),
    -- How often it was taken. It also fences: whoever took it earlier can no longer end it.
    tries bigint not null default 0,
    -- Tries that failed because something else was down: they do not count.
    excused bigint not null default 0,
    held_at timestamptz,
    error text,
    trace text,
    created_at timestamptz not null default now()
) with (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.02
);
create index jobs_due on jobs (run_at) where held_at is null;
create index jobs_held on jobs (held_at) where held_at is not null;

-- Periodic work: one runner at a time among the replicas.
create table job_schedule (
    name text primary key,
    next_at timestamptz not null default now(),
    runner uuid,
    leased_until timestamptz not null default '-infinity',
    ended_at timestamptz,
    error text
);
