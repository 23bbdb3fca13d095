-- no-transaction
-- The check of the books each minute: what was given back within an hour.
create index concurrently if not exists refunds_accepted_by_time on refunds (accepted_at) where accepted_at is not null;
