-- A session is a family of refresh tokens: each use replaces the current one by its child. Tokens are stored as SHA-256.
create table sessions (
  id uuid primary key default uuidv7(),
  account_id uuid not null references accounts (id) on delete cascade,
  generation bigint not null default 1,
  current_hash bytea not null,
  -- The token before the current one. It may be sent again for a short while, and then gives the same child.
  parent_hash bytea,
  rotated_at timestamptz not null default now(),
  replays smallint not null default 0,
  staff boolean not null,
  user_agent text,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  idle_until timestamptz not null,
  absolute_until timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  constraint sessions_generation_positive check (generation >= 1),
  constraint sessions_hashes_are_sha256 check (length(current_hash) = 32 and length(parent_hash) = 32),
  constraint sessions_parent_from_the_second_on check ((generation = 1) = (parent_hash is null)),
  constraint sessions_replays_counted check (replays >= 0),
  constraint sessions_user_agent_length check (length(user_agent) <= 200),
  constraint sessions_end_has_a_reason check ((ended_at is null) = (end_reason is null)),
  constraint sessions_end_reason_known check (
    end_reason in ('signed_out', 'signed_out_elsewhere', 'reuse', 'too_many', 'roles_changed', 'disabled')
  )
);

-- An account's live sessions, to list them, to end them and to keep their number bounded.
create index sessions_live on sessions (account_id, id) where ended_at is null;
-- For pruning: what ended or ran out long ago.
create index sessions_absolute_until on sessions (absolute_until);
