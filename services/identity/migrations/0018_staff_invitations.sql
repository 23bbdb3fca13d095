-- Invitations of staff, until the mailed link is used. Its secret is derived from the id under a key outside this database.
create table staff_invitations (
  id uuid primary key default uuidv7(),
  email text not null,
  roles text[] not null,
  invited_by uuid not null references accounts (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  mailed_at timestamptz,
  -- How it ended, if it did not run out: accepted, or withdrawn by staff or by a newer one.
  ended_at timestamptz,
  accepted boolean not null default false,
  constraint staff_invitations_email_canonical check (email = lower(email) and length(email) between 3 and 254),
  constraint staff_invitations_roles_some check (cardinality(roles) between 1 and 20),
  constraint staff_invitations_expire_later check (expires_at > created_at),
  constraint staff_invitations_accepted_has_ended check (not accepted or ended_at is not null)
);

-- An address has one that is open.
create unique index staff_invitations_one_open on staff_invitations (email) where ended_at is null;
-- All of an address, for its export and erasure.
create index staff_invitations_email on staff_invitations (email, id);
-- For pruning.
create index staff_invitations_expires_at on staff_invitations (expires_at);
-- For the deletion of who invited.
create index staff_invitations_invited_by on staff_invitations (invited_by);
