-- A wish for an account, until the link that was mailed to its address is used. The link's secret is derived from the id
-- under a key outside this database, so nothing here opens an account. Whether the address has an account makes no
-- difference to the row: what is mailed is decided afterwards.
create table registrations (
  id uuid primary key default uuidv7(),
  email text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  mailed_at timestamptz,
  used_at timestamptz,
  constraint registrations_email_canonical check (email = lower(email) and length(email) between 3 and 254),
  constraint registrations_expire_later check (expires_at > created_at)
);

-- How often an address was written to of late.
create index registrations_email on registrations (email, created_at);
-- For pruning.
create index registrations_expires_at on registrations (expires_at);
