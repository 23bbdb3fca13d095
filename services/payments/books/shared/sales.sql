-- What the ledger has of an order, and when it was booked, is what sales figures are made of.
-- reads: payments (id order_id), ledger_transactions, ledger_entries
select p.order_id, sum(case e.side when 'credit' then e.amount else -e.amount end)::bigint as net, e.currency,
       min(t.occurred_at) as first, max(t.occurred_at) as last
from payments p join ledger_transactions t on t.payment_id = p.id join ledger_entries e on e.transaction_id = t.id
where p.order_id between $1 and $2 and t.kind in ('capture', 'receipt', 'refund', 'refund_reversal')
  and e.account = 'customer_orders'
group by p.order_id, e.currency
