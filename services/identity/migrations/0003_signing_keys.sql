-- Keys that sign access tokens. The private half is encrypted (AES-256-GCM) by a key that is not in this database.
create table signing_keys (
  kid text primary key,
  private_key bytea not null,
  public_key jsonb not null,
  created_at timestamptz not null default now(),
  -- Published before it is used, so that every service knows it by then.
  active_from timestamptz not null,
  -- Published until the last token that it signed has run out; null while it is the newest.
  published_until timestamptz,
  constraint signing_keys_published_after_active check (published_until > active_from)
);
-- At most one key is the newest.
create unique index signing_keys_one_newest on signing_keys ((true)) where published_until is null;
