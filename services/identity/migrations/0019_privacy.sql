-- squawk-ignore-file ban-drop-constraint
-- Erasures of accounts: asked for, begun, done. Opaque ids and times alone; a row outlives its account, so there is no
-- foreign key. It is kept for ten years, so that an erasure is done again after a restore.
create table erasures (
  id uuid primary key default uuidv7(),
  account_id uuid not null constraint erasures_account_once unique,
  -- The account that asked: the person's own, or one of staff; null: an operator, after a restore.
  asked_by uuid,
  asked_at timestamptz not null default now(),
  -- Until then it can be undone.
  due_at timestamptz not null,
  -- Since when it waits for money that is open, before it begins.
  blocked_at timestamptz,
  -- From then on the account is locked and the erasure is final.
  begun_at timestamptz,
  erased_at timestamptz,
  -- When it goes on by itself; null: there is nothing to do.
  next_try_at timestamptz,
  constraint erasures_due_later check (due_at >= asked_at),
  constraint erasures_begin_when_due check (begun_at >= due_at),
  constraint erasures_end_after_the_beginning check (erased_at is null or (begun_at is not null and erased_at >= begun_at)),
  constraint erasures_go_on check (erased_at is not null or next_try_at is not null)
);
-- What is to be done next.
create index erasures_next_try_at on erasures (next_try_at) where next_try_at is not null;
-- For the end of the ten years.
create index erasures_erased_at on erasures (erased_at) where erased_at is not null;

-- What has begun is neither undone nor forgotten before its ten years are over.
create function erasures_stay() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.begun_at is not null and (old.erased_at is null or old.erased_at > now() - interval '10 years') then
      raise exception using errcode = 'check_violation', constraint = 'erasures_stay',
        message = 'an erasure that has begun is kept for ten years';
    end if;
    return old;
  end if;
  if old.account_id <> new.account_id
      or (old.begun_at is not null and new.begun_at is distinct from old.begun_at)
      or (old.erased_at is not null and new.erased_at is distinct from old.erased_at) then
    raise exception using errcode = 'check_violation', constraint = 'erasures_stay',
      message = 'an erasure that has begun is final';
  end if;
  return new;
end
$$;
create trigger erasures_stay before update or delete on erasures for each row execute function erasures_stay();

-- An account whose erasure has begun is not opened any more. Both lock the account's row first.
create function accounts_erased_stay_locked() returns trigger language plpgsql as $$
begin
  if exists (select from erasures where account_id = new.id and begun_at is not null) then
    raise exception using errcode = 'check_violation', constraint = 'accounts_erased_stay_locked',
      message = 'the erasure of this account has begun';
  end if;
  return new;
end
$$;
create trigger accounts_erased_stay_locked before update of status on accounts
for each row when (old.status <> 'active' and new.status = 'active') execute function accounts_erased_stay_locked();

-- Copies of what the store keeps of a person, for them to download.
create table account_exports (
  id uuid primary key default uuidv7(),
  account_id uuid not null references accounts (id) on delete cascade,
  asked_at timestamptz not null default now(),
  -- Counts the tries to collect it: a try that was overtaken by another one writes nothing more.
  attempt integer not null default 0,
  ready_at timestamptz,
  constraint account_exports_ready_later check (ready_at >= asked_at),
  constraint account_exports_attempts_counted check (attempt >= 0)
);
-- An account has one that is being collected, at most.
create unique index account_exports_one_open on account_exports (account_id) where ready_at is null;
-- The exports of one account.
create index account_exports_account on account_exports (account_id, id);

-- The rows of one table in an export: at most 1,000 a part, as JSON objects with commas between them, compressed by zlib.
create table account_export_parts (
  export_id uuid not null references account_exports (id) on delete cascade,
  service text not null,
  about text not null,
  part integer not null,
  rows_inside integer not null,
  content bytea not null,
  primary key (export_id, service, about, part),
  constraint account_export_parts_service_length check (length(service) between 1 and 40),
  constraint account_export_parts_about_length check (length(about) between 1 and 100),
  constraint account_export_parts_numbered check (part >= 1),
  constraint account_export_parts_some_rows check (rows_inside between 1 and 1000),
  constraint account_export_parts_size check (length(content) <= 4000000)
);

-- A session may end because its account is erased. The check is exchanged for a wider one, which every row passes.
alter table sessions drop constraint sessions_end_reason_known;
alter table sessions add constraint sessions_end_reason_known check (
    end_reason in (
        'signed_out', 'signed_out_elsewhere', 'reuse', 'too_many', 'roles_changed', 'disabled', 'password_reset',
        'restored', 'operator', 'password_changed', 'email_changed', 'erased'
    )
) not valid;

-- People are mailed that their erasure was asked for or waits, and that their export is ready: wider checks, too.
alter table account_mails drop constraint account_mails_kind_known;
alter table account_mails add constraint account_mails_kind_known check (
    kind in (
        'password_reset', 'password_changed', 'email_confirmation', 'email_changed', 'erasure_asked', 'erasure_waits',
        'export_ready'
    )
) not valid;
