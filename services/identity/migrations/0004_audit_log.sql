-- What happened to accounts and who did it: appended to, never changed.
create table audit_log (
  id uuid primary key default uuidv7(),
  occurred_at timestamptz not null default now(),
  action text not null check (length(action) between 1 and 60),
  outcome text not null check (outcome in ('success', 'failure')),
  account_id uuid,
  actor_id uuid,
  session_id uuid,
  request_id text check (length(request_id) <= 100),
  details jsonb not null default '{}'
);
-- One account's history.
create index audit_log_account on audit_log (account_id, id) where account_id is not null;

create function audit_log_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only';
end
$$;
create trigger audit_log_append_only before update or delete on audit_log
for each row execute function audit_log_is_append_only();
