-- no-transaction
-- Accounts are found by words of their address and name.
create index concurrently if not exists accounts_by_words on accounts using gin (account_words(email, name));
