-- What was refunded is what the ledger says that went back, refund by refund.
-- reads: refunds (id payment_id amount currency status accepted_at), ledger_transactions, ledger_entries
with booked as (
    select t.reference, t.payment_id, e.currency,
           sum(case e.side when 'debit' then e.amount else -e.amount end) as booked
    from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    where t.kind in ('refund', 'refund_reversal') and e.account = 'customer_orders'
    group by 1, 2, 3
), refunded as (
    select id::text as reference, payment_id, currency, amount from refunds
    where accepted_at is not null and status not in ('failed', 'canceled')
)
select reference, payment_id, currency, coalesce(amount, 0) as refunded, coalesce(booked, 0) as booked
from refunded full join booked using (reference, payment_id, currency)
where coalesce(amount, 0) <> coalesce(booked, 0)
order by reference limit 20
