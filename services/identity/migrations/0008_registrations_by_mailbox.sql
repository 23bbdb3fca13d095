-- no-transaction
-- Mails about registrations are counted by the mailbox behind an address (chassis.schemas.mailbox_of).
create index concurrently if not exists registrations_mailbox on registrations (
  (replace(split_part(split_part(email, '@', 1), '+', 1), '.', '') || '@' || split_part(email, '@', 2)), created_at
);
