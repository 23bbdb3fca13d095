-- What the provider took as fees and paid out is in the ledger to the cent, movement by movement (the last 7 days).
-- reads: balance_movements (id type amount fee currency recorded_at), ledger_transactions, ledger_entries
with expected as (
    select id, 'fee' as kind, currency,
           case when type in ('stripe_fee', 'stripe_fx_fee', 'tax_fee') then fee - amount else fee end as taken
    from balance_movements where recorded_at > now() - interval '7 days'
    union all
    select id, 'payout', currency, -amount
    from balance_movements
    where type in ('payout', 'payout_cancel', 'payout_failure', 'topup', 'topup_reversal')
      and recorded_at > now() - interval '7 days'
), booked as (
    select t.reference as id, t.kind, e.currency, sum(case e.side when 'credit' then e.amount else -e.amount end) as taken
    from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    where t.kind in ('fee', 'payout') and e.account = 'provider_receivable' and t.reference in (select id from expected)
    group by 1, 2, 3
)
select id as movement, kind, currency, expected.taken as taken, coalesce(booked.taken, 0) as booked
from expected left join booked using (id, kind, currency)
where expected.taken <> coalesce(booked.taken, 0)
order by id, kind limit 20
