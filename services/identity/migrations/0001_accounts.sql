-- Who has an account. The address is stored in its canonical form (chassis.schemas.Email), so that it is unique as it is.
create table accounts (
  id uuid primary key default uuidv7(),
  email text not null constraint accounts_email_once unique,
  name text,
  password_hash text not null,
  roles text[] not null default '{customer}',
  status text not null default 'active',
  -- Counts the events published about the account.
  version bigint not null default 0,
  -- Tokens carry it; it grows when all that were given out before shall end.
  session_version bigint not null default 1,
  created_at timestamptz not null default now(),
  constraint accounts_email_canonical check (email = lower(email) and length(email) between 3 and 254),
  constraint accounts_name_length check (length(name) between 1 and 200),
  constraint accounts_password_is_argon2id check (password_hash like '$argon2id$%'),
  constraint accounts_roles_known check (
    roles <@ array['customer', 'support', 'merchandiser', 'admin'] and cardinality(roles) > 0
  ),
  constraint accounts_status_known check (status in ('active', 'disabled'))
);

-- The list of accounts, newest first: the primary key is in order of time. Staff alone, for the list by role:
create index accounts_staff on accounts (id desc) where roles <> '{customer}';
