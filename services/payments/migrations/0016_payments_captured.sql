-- no-transaction
-- The check of the books each minute: what was captured within an hour.
create index concurrently if not exists payments_captured_by_time on payments (captured_at) where captured_at is not null;
