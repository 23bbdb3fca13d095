-- squawk-ignore-file ban-drop-constraint
-- When it was proved that the account's address is its owner's: a mailed link was followed. Of older accounts it is not
-- known: it is set when a link is followed again.
alter table accounts add column email_verified_at timestamptz;

-- A session may end because its owner changed the password or the address. The check is exchanged for a wider one, which
-- every row passes.
alter table sessions drop constraint sessions_end_reason_known;
alter table sessions add constraint sessions_end_reason_known check (
    end_reason in (
        'signed_out', 'signed_out_elsewhere', 'reuse', 'too_many', 'roles_changed', 'disabled', 'password_reset',
        'restored', 'operator', 'password_changed', 'email_changed'
    )
) not valid;

-- Mails to the owners of accounts, most of them with a link. The link's token is derived from the id under a key outside
-- this database, so nothing here opens an account. A wish for a new password is written for any address, whether or not
-- it has an account.
create table account_mails (
  id uuid primary key default uuidv7(),
  kind text not null,
  -- Whom it goes to, whatever becomes of the account's address.
  email text not null,
  account_id uuid references accounts (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  mailed_at timestamptz,
  -- When its link was used, or made invalid.
  ended_at timestamptz,
  constraint account_mails_kind_known check (
    kind in ('password_reset', 'password_changed', 'email_confirmation', 'email_changed')
  ),
  constraint account_mails_account_known check (account_id is not null or kind = 'password_reset'),
  constraint account_mails_email_canonical check (email = lower(email) and length(email) between 3 and 254),
  constraint account_mails_expire_soon check (
    expires_at > created_at and expires_at <= created_at + case kind
      when 'password_reset' then interval '1 hour' when 'email_changed' then interval '7 days' else interval '1 day' end
  )
);

-- An account has one new address at most that waits for its confirmation.
create unique index account_mails_one_confirmation on account_mails (account_id)
where kind = 'email_confirmation' and ended_at is null;
-- The links for a new password that an address has.
create index account_mails_resets on account_mails (email) where kind = 'password_reset' and ended_at is null;
-- The links of one account.
create index account_mails_account on account_mails (account_id, created_at) where account_id is not null;
-- How often a mailbox was written to of late (chassis.web.mailbox_of).
create index account_mails_mailbox on account_mails (
  (replace(split_part(split_part(email, '@', 1), '+', 1), '.', '') || '@' || split_part(email, '@', 2)), kind, created_at
);
-- For pruning.
create index account_mails_expires_at on account_mails (expires_at);
