"""SQL of reading anew what orders and payments hold: their rows replace those that are here, order by order.

A page is of all orders between two ids. What the source did not name is deleted, unless it may have come since: with an
event of a transaction that had not ended when the source was read. The lock keeps events from being handled meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from shop.figures.store.facts import Booking, Line, PlacedOrder, columns

Source = Literal["orders", "payments"]

ANY_DUE = "exists (select from figure_readings where finished_at is null and due_at <= now())"
# A transaction lasts 30 seconds at most, and its moment is that of its beginning.
_SETTLED = "interval '1 minute'"

_DUE = "select source, after from figure_readings where finished_at is null and due_at <= now() order by source"
_LOCK = "select from inbox_cursor where producer = $1 for update"
_MOVE = """
update figure_readings set after = coalesce($3, after), finished_at = case when $3::uuid is null then now() end
where source = $1 and after = $2 and finished_at is null
"""
_START = """
update figure_readings set after = default, finished_at = null, due_at = now() + $1::interval
"""
_WITHIN = "order_id > $1 and ($2::uuid is null or order_id <= $2)"
# What costs nothing is known to orders alone.
_DROP_BOOKINGS = f"""
delete from figure_bookings b
where {_WITHIN} and booked_at < $3::timestamptz - {_SETTLED} and amount <> 0
  and not exists (select from unnest($4::text[], $5::uuid[]) as n (kind, reference)
                  where n.kind = b.kind and n.reference = b.reference)
"""
_BOOK = """
insert into figure_bookings as known (kind, reference, order_id, currency, amount, booked_at, day)
select n.*, figure_day(n.booked_at)
from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::timestamptz[])
    as n (kind, reference, order_id, currency, amount, booked_at)
on conflict (kind, reference) do update
set order_id = excluded.order_id, currency = excluded.currency, amount = excluded.amount,
    booked_at = excluded.booked_at, day = excluded.day
where (known.order_id, known.currency, known.amount, known.booked_at)
    is distinct from (excluded.order_id, excluded.currency, excluded.amount, excluded.booked_at)
"""
_DROP_ORDERS = f"""
with gone as (
    delete from figure_orders
    where {_WITHIN} and placed_at < $3::timestamptz - {_SETTLED} and order_id <> all($4::uuid[])
    returning order_id
), unsold as (
    delete from figure_lines using gone where reference = gone.order_id
)
delete from figure_bookings using gone where figure_bookings.order_id = gone.order_id and amount = 0
"""
# An account that was erased is no longer in its orders: whether it had bought before stays as it was told.
_NOTE = """
insert into figure_orders as known (order_id, placed_at, day, currency, country, buyer)
select n.order_id, n.placed_at, figure_day(n.placed_at), n.currency, n.country, n.buyer
from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::bytea[])
    as n (order_id, placed_at, currency, country, buyer)
on conflict (order_id) do update
set placed_at = excluded.placed_at, day = excluded.day, currency = excluded.currency, country = excluded.country,
    buyer = coalesce(excluded.buyer, known.buyer)
where (known.placed_at, known.currency, known.country, known.buyer)
    is distinct from (excluded.placed_at, excluded.currency, excluded.country, coalesce(excluded.buyer, known.buyer))
"""
_LINES = """
insert into figure_lines as known (reference, product_id, quantity, amount)
select * from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::bigint[])
on conflict (reference, product_id) do update set quantity = excluded.quantity, amount = excluded.amount
where (known.quantity, known.amount) is distinct from (excluded.quantity, excluded.amount)
"""


class Reading(msgspec.Struct, frozen=True):
    """How far a source was read: all orders up to this one."""

    source: Source
    after: UUID


class Span(msgspec.Struct, frozen=True):
    """The orders that a page is of: those behind `after`, up to `last`, or all where that is None."""

    after: UUID
    last: UUID | None
    read_at: datetime


async def due(tx: ReadTx) -> list[Reading]:
    """What is to be read now."""
    return await tx.rows(Reading, _DUE)


async def start(tx: WriteTx, delay: timedelta) -> None:
    """Read all anew, from the beginning."""
    await tx.execute(_START, delay)


async def move(tx: WriteTx, source: Source, span: Span) -> bool:
    """Go on behind a page, and keep events of the source waiting until `tx` ends; False where another run did, or it
    begins anew.
    """
    await tx.execute(_LOCK, source)
    return await tx.execute(_MOVE, source, span.after, span.last) == 1


async def replace_bookings(tx: WriteTx, span: Span, bookings: Sequence[Booking]) -> None:
    """Have these, and no others of the span."""
    kinds, references = [each.kind for each in bookings], [each.reference for each in bookings]
    await tx.execute(_DROP_BOOKINGS, *msgspec.structs.astuple(span), kinds, references)
    await _write_bookings(tx, bookings)


async def replace_orders(
    tx: WriteTx, span: Span, orders: Sequence[PlacedOrder], lines: Sequence[Line], free: Sequence[Booking]
) -> None:
    """Have these orders, and no others of the span. `free`: bookings of those that cost nothing."""
    await tx.execute(_DROP_ORDERS, *msgspec.structs.astuple(span), [order.order_id for order in orders])
    await tx.execute(
        _NOTE,
        [order.order_id for order in orders],
        [order.placed_at for order in orders],
        [order.currency for order in orders],
        [order.country for order in orders],
        [order.buyer for order in orders],
    )
    await tx.execute(_LINES, *columns(lines))
    await _write_bookings(tx, free)


async def _write_bookings(tx: WriteTx, bookings: Sequence[Booking]) -> None:
    await tx.execute(
        _BOOK,
        [each.kind for each in bookings],
        [each.reference for each in bookings],
        [each.order_id for each in bookings],
        [each.currency for each in bookings],
        [each.amount for each in bookings],
        [each.booked_at for each in bookings],
    )
