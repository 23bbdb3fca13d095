-- A second factor: codes of an application (TOTP, RFC 6238). The secret is encrypted under a key outside this database.
create table second_factors (
  account_id uuid primary key references accounts (id) on delete cascade,
  secret bytea not null,
  created_at timestamptz not null default now(),
  -- Null until a first code has shown that the application has the secret: until then no sign-in asks for one.
  confirmed_at timestamptz,
  -- The 30 seconds of the last code that was taken: each code is good once.
  last_step bigint not null default 0,
  -- Wrong codes since the last right one, and until when no code is taken because of them.
  failures integer not null default 0,
  blocked_until timestamptz,
  constraint second_factors_secret_sealed check (length(secret) = 48),
  constraint second_factors_step_counted check (last_step >= 0),
  constraint second_factors_failures_counted check (failures >= 0)
);

-- For who has lost the application: each is good once. An HMAC under a key outside this database.
create table recovery_codes (
  account_id uuid not null references second_factors (account_id) on delete cascade,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (account_id, code_hash),
  constraint recovery_codes_hash_is_sha256 check (length(code_hash) = 32)
);

-- Whether the person of a session has shown a second factor in it.
alter table sessions add column second_factor boolean not null default false;
