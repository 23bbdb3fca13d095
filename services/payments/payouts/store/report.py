"""SQL of the daily report: sums of the ledger between two midnights of the shop."""

from __future__ import annotations

from datetime import date

from chassis.db import ReportTx
from payments.payouts.domain.report import REPORTED, DayOfAccount

# The end is what the ledger has now less what was booked since: a day lately costs a sum over an index and that day.
# The beginning is the end less the day, which the check of the books compares with a sum of its own.
_DAY = """
with bounds as (
    select ($1::date)::timestamp at time zone $2 as since, ($1::date + 1)::timestamp at time zone $2 as until
),
now_there as (
    select account, currency, sum(case side when 'debit' then amount else -amount end) as balance
    from ledger_entries where account = any($3) group by account, currency
),
moved as (
    select e.account, e.currency, t.kind, t.occurred_at < bounds.until as within,
           case e.side when 'debit' then e.amount else -e.amount end as amount
    from bounds, ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    where t.occurred_at >= bounds.since and e.account = any($3)
),
sums as (
    select account, currency,
           coalesce(sum(amount) filter (where not within), 0) as later,
           coalesce(sum(amount) filter (where within), 0) as day,
           coalesce(sum(amount) filter (where within and kind in ('capture', 'receipt')), 0) as captured,
           coalesce(-sum(amount) filter (where within and kind in ('refund', 'refund_reversal')), 0) as refunded,
           coalesce(-sum(amount) filter (where within and kind in ('dispute', 'dispute_reversal')), 0) as disputed,
           coalesce(-sum(amount) filter (where within and kind = 'fee'), 0) as fees,
           coalesce(-sum(amount) filter (where within and kind = 'payout'), 0) as paid_out
    from moved group by account, currency
)
select account, currency, (balance - coalesce(later, 0) - coalesce(day, 0))::bigint as opening,
       coalesce(captured, 0)::bigint as captured, coalesce(refunded, 0)::bigint as refunded,
       coalesce(disputed, 0)::bigint as disputed, coalesce(fees, 0)::bigint as fees,
       coalesce(paid_out, 0)::bigint as paid_out, (balance - coalesce(later, 0))::bigint as closing
from now_there left join sums using (account, currency)
order by account, currency
"""


async def of_day(tx: ReportTx, day: date, time_zone: str) -> list[DayOfAccount]:
    """The report of a day, by account and currency; of accounts that have ever held anything of it."""
    return await tx.rows(DayOfAccount, _DAY, day, time_zone, list(REPORTED))


async def yesterday(tx: ReportTx, time_zone: str) -> date:
    """The last whole day of the shop."""
    day: date = await tx.value("select (now() at time zone $1)::date - 1", time_zone)
    return day
