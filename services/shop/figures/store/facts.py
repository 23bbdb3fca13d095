"""SQL that writes what figures are made of. Each row has the id of what it is about: written again, it is the same row.

A booking that comes a second time with a later moment has been booked anew, by a payment service that went back in time
and learned of it again; with an earlier one, it is an event that is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from chassis.db import WriteTx
from shop.figures.events import SoldLine

Kind = Literal["capture", "refund", "refund_reversal"]

_BOOK = """
insert into figure_bookings as known (kind, reference, order_id, currency, amount, booked_at, day)
select $1, $2, $3, $4, $5, $6, figure_day($6) where {only}
on conflict (kind, reference) do update
set order_id = excluded.order_id, currency = excluded.currency, amount = excluded.amount,
    booked_at = excluded.booked_at, day = excluded.day
where known.booked_at < excluded.booked_at
"""
_BOOK_ANY = _BOOK.format(only="true")
# A refund that was refused was never booked. Events of a payment come in their order.
_BOOK_REVERSAL = _BOOK.format(only="exists (select from figure_bookings where kind = 'refund' and reference = $2)")
_LINES = """
insert into figure_lines (reference, product_id, quantity, amount)
select * from unnest({}::uuid[], {}::uuid[], {}::integer[], {}::bigint[])
on conflict do nothing
"""
_LINES_ALONE = _LINES.format("$1", "$2", "$3", "$4")
_ORDER = f"""
with lines as ({_LINES.format("$6", "$7", "$8", "$9")})
insert into figure_orders (order_id, placed_at, day, currency, country, buyer)
values ($1, $2, figure_day($2), $3, $4, $5)
on conflict do nothing
"""


class Booking(msgspec.Struct, frozen=True):
    """A row of figure_bookings."""

    kind: Kind
    reference: UUID
    order_id: UUID
    currency: str
    amount: int
    booked_at: datetime


class PlacedOrder(msgspec.Struct, frozen=True):
    """A row of figure_orders. `buyer`: a hash of the account; None of a guest."""

    order_id: UUID
    placed_at: datetime
    currency: str
    country: str | None
    buyer: bytes | None


class Line(msgspec.Struct, frozen=True):
    """A row of figure_lines."""

    reference: UUID
    product_id: UUID
    quantity: int
    amount: int


def lines_of(reference: UUID, sold: Iterable[SoldLine]) -> list[Line]:
    """The lines of an order or a refund, one for each product, in the order of their ids."""
    sums: dict[UUID, tuple[int, int]] = {}
    for each in sold:
        quantity, amount = sums.get(each.product_id, (0, 0))
        sums[each.product_id] = quantity + each.quantity, amount + each.amount
    return [Line(reference, product, *sums[product]) for product in sorted(sums)]


def columns(lines: Sequence[Line]) -> tuple[list[UUID], list[UUID], list[int], list[int]]:
    """The lines, column by column."""
    return (
        [line.reference for line in lines],
        [line.product_id for line in lines],
        [line.quantity for line in lines],
        [line.amount for line in lines],
    )


async def book(tx: WriteTx, booking: Booking) -> None:
    """Write what was booked."""
    await tx.execute(_BOOK_ANY, *msgspec.structs.astuple(booking))


async def book_reversal(tx: WriteTx, booking: Booking) -> None:
    """Write that a refund failed, if it had been booked."""
    await tx.execute(_BOOK_REVERSAL, *msgspec.structs.astuple(booking))


async def note_order(tx: WriteTx, order: PlacedOrder, lines: Sequence[Line]) -> None:
    """Write an order and what was sold with it."""
    await tx.execute(_ORDER, *msgspec.structs.astuple(order), *columns(lines))


async def note_lines(tx: WriteTx, lines: Sequence[Line]) -> None:
    """Write what a refund gave back, by product."""
    await tx.execute(_LINES_ALONE, *columns(lines))
