-- The log of facts: an event stands here because the transaction that caused it committed.
create table outbox (
    -- Readers go by (xid, id) below the oldest running transaction. A plain id is not in commit order.
    xid xid8 not null default pg_current_xact_id(),
    id bigint not null generated always as identity,
    type text not null,
    aggregate text not null,
    aggregate_id uuid not null,
    version bigint not null check (version > 0),
    occurred_at timestamptz not null default now(),
    trace text,
    data jsonb not null,
    primary key (xid, id),
    constraint outbox_version_once unique (aggregate, aggregate_id, version)
);

-- One row. `epoch` names this log: a cursor of another log is refused instead of read wrongly. `system` is the
-- PostgreSQL cluster in which the epoch began: in another one (a dump restored) transaction ids start anew.
-- Rows up to `pruned_xid` are gone.
create table outbox_log (
    single boolean primary key default true check (single),
    epoch text not null,
    system text not null,
    pruned_xid xid8 not null default '0'
);
insert into outbox_log (epoch, system)
select replace(gen_random_uuid()::text, '-', ''), system_identifier::text
from pg_control_system();
