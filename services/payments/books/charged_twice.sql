-- An order is charged once (the last 7 days).
-- debt(charged-twice-slow): 9 s on 300,000 captures.
-- reads: payments (id order_id status), ledger_transactions
select p.order_id, count(*) as charged
from payments p join ledger_transactions t on t.payment_id = p.id and t.kind = 'capture'
where p.id > uuidv7(interval '-7 days') and p.status = 'captured'
group by p.order_id having count(*) > 1
order by p.order_id limit 20
