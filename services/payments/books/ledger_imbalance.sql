-- Every transaction of the ledger has entries, which balance in each currency.
-- reads: ledger_transactions, ledger_entries
select t.id as transaction_id, e.currency, sum(case e.side when 'debit' then e.amount else -e.amount end) as difference
from ledger_transactions t left join ledger_entries e on e.transaction_id = t.id
group by t.id, e.currency
having count(e.amount) = 0 or sum(case e.side when 'debit' then e.amount else -e.amount end) <> 0
order by t.id limit 20
