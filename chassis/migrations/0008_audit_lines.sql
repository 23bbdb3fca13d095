-- The audit log: who did what to what, when and from where. Appended to, never changed; kept for 400 days.
create table audit_lines (
    id uuid primary key default uuidv7(),
    occurred_at timestamptz not null default now(),
    action text not null check (length(action) between 1 and 60),
    outcome text not null check (outcome in ('success', 'failure', 'denied', 'limited')),
    -- What it was done to, such as "account:<id>" or "variant:<sku>".
    object text check (length(object) between 1 and 300),
    -- Nobody, where nobody was signed in or a command did it.
    actor_id uuid,
    roles text[] not null default '{}',
    session_id uuid,
    ip inet,
    agent_hash text check (length(agent_hash) = 64),
    request_id text check (length(request_id) <= 100),
    -- The fields that changed, or what was asked for. No secrets, no addresses.
    before jsonb,
    after jsonb
);
-- What was done to one thing, and what one person did.
create index audit_lines_object on audit_lines (object, id) where object is not null;
create index audit_lines_actor on audit_lines (actor_id, id) where actor_id is not null;

create function audit_lines_are_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.occurred_at < now() - interval '400 days' then
        return old;
    end if;
    raise exception 'the audit log is append-only';
end
$$;
create trigger audit_lines_append_only before update or delete on audit_lines
for each row execute function audit_lines_are_kept();

-- The running service may add and read lines. What is too old it deletes through this function alone, at most so many of
-- the oldest at a time.
create function audit_lines_prune(most integer) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with oldest as (select id, occurred_at from audit_lines order by id limit most),
    gone as (
        delete from audit_lines using oldest
        where audit_lines.id = oldest.id and oldest.occurred_at < now() - interval '400 days'
        returning 1
    )
    select count(*) from gone
$$;
revoke execute on function audit_lines_prune from public;

do $$
declare
    grantee text;
begin
    for grantee in
        select distinct acl.grantee::regrole::text
        from pg_class, aclexplode(relacl) acl
        where pg_class.oid = 'audit_lines'::regclass and acl.grantee not in (0, relowner)
    loop
        execute format('revoke update, delete, truncate on audit_lines from %s', grantee);
    end loop;
end
$$;
