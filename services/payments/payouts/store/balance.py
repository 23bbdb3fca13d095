"""SQL of the movements of the balance: recorded and booked by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chassis.db import ReadTx, WriteTx
from chassis.values import uuid7
from payments.domain.movement import Movement
from payments.payouts.domain.bookings import treated

# All rows go in the order of their ids: two runs that read the same page wait for each other, and do not deadlock.
_RECORD = """
insert into balance_movements (
    id, type, category, amount, fee, currency, source, payout_id, known, provider_created_at
)
select id, type, category, amount, fee, currency, source, $1, known, created_at
from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::bool[],
            $10::timestamptz[])
    as read (id, type, category, amount, fee, currency, source, known, created_at)
order by id
on conflict (id) do update set payout_id = excluded.payout_id
    where balance_movements.payout_id is null and excluded.payout_id is not null
"""
# A fee may be booked already, with the dispute that it was taken for.
_BOOK = """
with wanted as (
    select * from unnest($1::uuid[], $2::text[], $3::text[]) as t (id, kind, reference) order by kind, reference
),
booked as (
    insert into ledger_transactions (id, kind, reference) select id, kind, reference from wanted
    on conflict (kind, reference) where reference is not null do nothing
    returning id
),
entries as (
    insert into ledger_entries (transaction_id, position, account, side, amount, currency)
    select e.transaction_id, e.position, e.account, e.side, e.amount, e.currency
    from unnest($4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::text[])
        as e (transaction_id, position, account, side, amount, currency)
    join booked on booked.id = e.transaction_id
)
select count(*) from booked
"""
_READ_UNTIL = """
select coalesce((select read_until from balance_cursor), (select min(occurred_at) from ledger_transactions))
"""
_MOVE_ON = """
insert into balance_cursor (read_until) values ($1)
on conflict (one) do update set read_until = greatest(balance_cursor.read_until, excluded.read_until)
"""


async def record(tx: WriteTx, movements: Sequence[Movement], payout_id: str | None = None) -> int:
    """Record movements, and book what of them is to be booked here and is not yet; how many were booked."""
    found = sorted({each.id: each for each in movements}.values(), key=lambda each: each.id)
    ways = [treated(each) for each in found]
    await tx.execute(
        _RECORD,
        payout_id,
        [each.id for each in found],
        [each.type for each in found],
        [each.category for each in found],
        [each.amount for each in found],
        [each.fee for each in found],
        [each.currency for each in found],
        [each.source for each in found],
        [way.known for way in ways],
        [each.created_at for each in found],
    )
    bookings = [(uuid7(), booking) for way in ways for booking in way.bookings]
    if not bookings:
        return 0
    entries = [(name, place, entry) for name, each in bookings for place, entry in enumerate(each.entries)]
    booked: int = await tx.value(
        _BOOK,
        [name for name, _ in bookings],
        [booking.kind for _, booking in bookings],
        [booking.reference for _, booking in bookings],
        [name for name, _, _ in entries],
        [place for _, place, _ in entries],
        [entry.account for _, _, entry in entries],
        [entry.side for _, _, entry in entries],
        [entry.money.amount for _, _, entry in entries],
        [entry.money.currency for _, _, entry in entries],
    )
    return booked


async def read_until(tx: ReadTx) -> datetime | None:
    """Up to when all movements were read; before the first time when the ledger begins. None: it is empty."""
    found: datetime | None = await tx.value(_READ_UNTIL)
    return found


async def move_on(tx: WriteTx, until: datetime) -> None:
    """Store that all movements up to then were read."""
    await tx.execute(_MOVE_ON, until)
