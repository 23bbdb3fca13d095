-- no-transaction
-- A payment is captured once, as a capture has no reference. Also finds a payment's transactions.
create unique index concurrently if not exists ledger_of_payment_once
on ledger_transactions (payment_id, kind, reference) nulls not distinct;
