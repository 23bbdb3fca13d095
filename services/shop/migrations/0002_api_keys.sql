-- Keys by which other programs use the API: of each its SHA-256 alone. `place` bounds how many are alive.
create table api_keys (
  id uuid primary key,
  place smallint constraint api_keys_place unique check (place between 1 and 100),
  title text not null check (length(title) between 1 and 100),
  beginning text not null check (length(beginning) = 8),
  hash bytea not null constraint api_keys_hash unique check (octet_length(hash) = 32),
  scopes text[] not null check (cardinality(scopes) between 1 and 50),
  made_by uuid not null,
  created_at timestamptz not null default statement_timestamp(),
  expires_at timestamptz,
  last_used_at timestamptz,
  ended_at timestamptz,
  constraint api_keys_alive check ((place is null) = (ended_at is not null))
);
-- To delete those that ended long ago.
create index api_keys_ended on api_keys (ended_at) where ended_at is not null;
