-- What was captured is what the ledger says that was paid for its order, payment by payment.
-- reads: payments (id status amount currency), ledger_transactions, ledger_entries
with booked as (
    select t.payment_id, e.currency, sum(e.amount) as booked
    from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    where t.kind in ('capture', 'receipt') and e.account = 'customer_orders' and e.side = 'credit'
    group by 1, 2
), captured as (
    select id as payment_id, currency, amount from payments where status = 'captured'
)
select payment_id, currency, coalesce(amount, 0) as captured, coalesce(booked, 0) as booked
from captured full join booked using (payment_id, currency)
where amount is distinct from booked
order by payment_id limit 20
