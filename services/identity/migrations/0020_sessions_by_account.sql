-- no-transaction
-- For the deletion of an account, and for its owner's export: ended sessions, too.
create index concurrently if not exists sessions_account on sessions (account_id, id);
