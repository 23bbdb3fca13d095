"""SQL of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, ReportTx, WriteTx
from chassis.values import uuid7
from payments.domain.ledger import Account, Entry, Kind, Side

_POST = """
with booked as (
    insert into ledger_transactions (id, payment_id, kind, reference) values ($1, $2, $3, $4)
    on conflict (kind, reference) where reference is not null do nothing
    returning id
),
entries as (
    insert into ledger_entries (transaction_id, position, account, side, amount, currency)
    select booked.id, entry.position - 1, account, side, amount, currency
    from booked, unnest($5::text[], $6::text[], $7::bigint[], $8::text[])
        with ordinality as entry (account, side, amount, currency, position)
)
select true from booked
"""

_OF_PAYMENT = """
select t.id as transaction_id, t.kind, t.reference, t.occurred_at, e.account, e.side, e.amount, e.currency
from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
where t.payment_id = $1 order by t.occurred_at, t.id, e.position
"""
_BALANCES = """
select account, currency,
       coalesce(sum(amount) filter (where side = 'debit'), 0)::bigint as debits,
       coalesce(sum(amount) filter (where side = 'credit'), 0)::bigint as credits
from ledger_entries group by account, currency order by account, currency
"""
# One statement, so one snapshot: what is captured, what went back and what is booked are of the same moment, and each
# is booked by the transaction that wrote it, at its time. Disputes, payouts and fees are between the provider and the
# shop: they leave what is kept for orders as it is. The failure of a refund that was booked before this hour is no part
# of it, as that refund is none. All there ever was, payment by payment: the files in the folder `books`.
_BOOKS = """
with latest as (
    select id, kind, reference from ledger_transactions where occurred_at >= now() - interval '1 hour'
),
booked as (
    select currency,
           sum(case side when 'debit' then amount else -amount end) as imbalance,
           sum(case when account <> 'customer_orders' or (latest.kind = 'refund_reversal' and begun.id is null) then 0
               when side = 'credit' then amount else -amount end) as kept
    from latest
    join ledger_entries on transaction_id = latest.id
    left join ledger_transactions as begun
        on latest.kind = 'refund_reversal' and begun.kind = 'refund' and begun.reference = latest.reference
        and begun.occurred_at >= now() - interval '1 hour'
    group by currency
),
taken as (
    select currency, sum(amount) as captured from payments
    where captured_at >= now() - interval '1 hour' group by currency
),
given_back as (
    select currency, sum(amount) as refunded from refunds
    where accepted_at >= now() - interval '1 hour' and status not in ('failed', 'canceled') group by currency
)
select currency, coalesce(imbalance, 0)::bigint as imbalance,
       (coalesce(captured, 0) - coalesce(refunded, 0) - coalesce(kept, 0))::bigint as difference
from booked full join taken using (currency) full join given_back using (currency)
"""


class LedgerEntry(msgspec.Struct, frozen=True):
    """An entry with its transaction."""

    transaction_id: UUID
    kind: Kind
    reference: str | None
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


async def post(tx: WriteTx, payment_id: UUID | None, kind: Kind, reference: str, entries: Sequence[Entry]) -> bool:
    """Book a transaction that has a reference; False, and nothing is booked, if this one was booked before."""
    booked = await tx.value(
        _POST,
        uuid7(),
        payment_id,
        kind,
        reference,
        [entry.account for entry in entries],
        [entry.side for entry in entries],
        [entry.money.amount for entry in entries],
        [entry.money.currency for entry in entries],
    )
    return booked is not None


async def paid_into(tx: ReadTx, payment_id: UUID) -> Account:
    """The account to which a payment's money came: `bank` where that is not booked."""
    sql = """
        select e.account from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        where t.payment_id = $1 and t.kind in ('capture', 'receipt') and e.side = 'debit' order by t.occurred_at, t.id
        limit 1
    """
    account: Account = await tx.value(sql, payment_id) or "bank"
    return account


async def of_payment(tx: ReadTx, payment_id: UUID) -> list[LedgerEntry]:
    """The entries of a payment, in their order."""
    return await tx.rows(LedgerEntry, _OF_PAYMENT, payment_id)


async def balances(tx: ReadTx) -> list[Balance]:
    """The balance of each account in each currency."""
    return await tx.rows(Balance, _BALANCES)


async def books(tx: ReportTx) -> list[Books]:
    """By currency: does what was booked within an hour balance, and is it what was captured and given back then?"""
    return await tx.rows(Books, _BOOKS)
