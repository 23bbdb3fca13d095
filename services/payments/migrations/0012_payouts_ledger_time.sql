-- no-transaction
-- The daily report: what was booked between two moments.
create index concurrently if not exists ledger_transactions_occurred on ledger_transactions (occurred_at);
