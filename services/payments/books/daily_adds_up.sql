-- A day's beginning and what changed it add up to its end, for each account that holds money (the last 3 days, in UTC).
-- reads: ledger_transactions, ledger_entries
with days as (
    select ((now() at time zone 'UTC')::date - ago)::timestamp at time zone 'UTC' as since,
           ((now() at time zone 'UTC')::date - ago + 1)::timestamp at time zone 'UTC' as until
    from generate_series(0, 2) as ago
), lines as (
    select e.account, e.currency, t.kind, t.occurred_at,
           case e.side when 'debit' then e.amount else -e.amount end as amount
    from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    where e.account in ('provider_receivable', 'bank', 'cash')
), sums as (
    select since, account, currency,
           coalesce(sum(amount) filter (where occurred_at < since), 0) as opening,
           coalesce(sum(amount) filter (where occurred_at >= since and occurred_at < until and kind in (
               'capture', 'receipt', 'refund', 'refund_reversal', 'dispute', 'dispute_reversal', 'fee', 'payout'
           )), 0) as changed,
           coalesce(sum(amount) filter (where occurred_at < until), 0) as closing
    from days cross join lines group by since, account, currency
)
select since::date::text as day, account, currency, opening, changed, closing
from sums where opening + changed <> closing
order by since, account, currency limit 20
