-- What may be booked beside captures: refunds, disputes, payouts, fees, money received by transfer or in cash. The checks
-- are exchanged for wider ones, which every row passes. `reference` says which refund, dispute or payout it is; a capture
-- has none. A payout or a fee may be about no single payment.
alter table ledger_transactions add column reference text;
-- squawk-ignore ban-drop-not-null
alter table ledger_transactions alter column payment_id drop not null;
-- squawk-ignore ban-drop-constraint
alter table ledger_transactions drop constraint ledger_transactions_kind;
alter table ledger_transactions add constraint ledger_transactions_kind check (
    kind in ('capture', 'refund', 'refund_reversal', 'dispute', 'dispute_reversal', 'payout', 'fee', 'receipt')
) not valid;
alter table ledger_transactions add constraint ledger_transactions_reference check (
    (kind = 'capture') = (reference is null) and (reference is null or length(reference) between 1 and 200)
) not valid;
alter table ledger_transactions add constraint ledger_transactions_payment check (
    payment_id is not null or kind in ('payout', 'fee')
) not valid;

-- squawk-ignore ban-drop-constraint
alter table ledger_entries drop constraint ledger_entries_account;
alter table ledger_entries add constraint ledger_entries_account check (
    account in ('provider_receivable', 'customer_orders', 'bank', 'cash', 'provider_fees', 'disputes')
) not valid;
