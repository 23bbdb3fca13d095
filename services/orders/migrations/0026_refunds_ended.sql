-- no-transaction
-- Refunds by when they ended, for what looks at those of the last days: the books, and the hourly look for missing credit notes.
create index concurrently if not exists refunds_ended on refunds (greatest(accepted_at, failed_at))
    where greatest(accepted_at, failed_at) is not null;
