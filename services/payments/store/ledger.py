"""SQL of the ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, ReportTx
from payments.domain.ledger import Account, Side

_OF_PAYMENT = """
select t.id as transaction_id, t.kind, t.occurred_at, e.account, e.side, e.amount, e.currency
from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
where t.payment_id = $1 order by t.occurred_at, t.id, e.position
"""
_BALANCES = """
select account, currency,
       coalesce(sum(amount) filter (where side = 'debit'), 0)::bigint as debits,
       coalesce(sum(amount) filter (where side = 'credit'), 0)::bigint as credits
from ledger_entries group by account, currency order by account, currency
"""
# One statement, so one snapshot: what is captured and what is booked are of the same moment.
_BOOKS = """
with booked as (
    select currency,
           sum(case side when 'debit' then amount else -amount end) as imbalance,
           sum(case when account = 'provider_receivable' and side = 'debit' then amount else 0 end) as receivable
    from ledger_entries group by currency
),
taken as (select currency, sum(amount) as captured from payments where status = 'captured' group by currency)
select currency, coalesce(imbalance, 0)::bigint as imbalance,
       (coalesce(captured, 0) - coalesce(receivable, 0))::bigint as difference
from booked full join taken using (currency)
"""


class LedgerEntry(msgspec.Struct, frozen=True):
    """An entry with its transaction."""

    transaction_id: UUID
    kind: str
    occurred_at: datetime
    account: Account
    side: Side
    amount: int
    currency: str


class Balance(msgspec.Struct, frozen=True):
    """Sums of an account in a currency, minor units."""

    account: Account
    currency: str
    debits: int
    credits: int


class Books(msgspec.Struct, frozen=True):
    """Both are 0 in books that are right. Minor units."""

    currency: str
    imbalance: int
    difference: int


async def of_payment(tx: ReadTx, payment_id: UUID) -> list[LedgerEntry]:
    """The entries of a payment, in their order."""
    return await tx.rows(LedgerEntry, _OF_PAYMENT, payment_id)


async def balances(tx: ReadTx) -> list[Balance]:
    """The balance of each account in each currency."""
    return await tx.rows(Balance, _BALANCES)


async def books(tx: ReportTx) -> list[Books]:
    """By currency: does the ledger balance, and does it hold what was captured?"""
    return await tx.rows(Books, _BOOKS)
