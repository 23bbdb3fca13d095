-- no-transaction
-- A refund, a dispute or a payout is booked once, and reversed once.
create unique index concurrently if not exists ledger_reference_once
on ledger_transactions (kind, reference) where reference is not null;
