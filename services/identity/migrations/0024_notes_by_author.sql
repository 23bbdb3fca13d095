-- no-transaction
-- For the erasure of staff who wrote notes.
create index concurrently if not exists account_notes_author on account_notes (author);
