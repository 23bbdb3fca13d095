"""Read anew what orders and payments hold of all orders, page by page, where that is due.

What is read replaces what is here, so that figures are right again whatever was lost: events that were deleted before
they were read, a database that went back in time, rows of a payment that was booked anew.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.resilience import failpoints
from shop.context import ShopContext
from shop.figures.buyers import Buyers
from shop.figures.events import SoldLine
from shop.figures.store import readings
from shop.figures.store.facts import Booking, PlacedOrder, lines_of
from shop.figures.store.readings import Reading, Span

ORDERS_A_PAGE = 200
# Of one run: periodic work that lasts too long is ended. The next run goes on behind it.
MOST_PAGES = 200


class _Refund(msgspec.Struct, frozen=True):
    refund_id: UUID
    lines: list[SoldLine]


class _Order(msgspec.Struct, frozen=True):
    order_id: UUID
    account_id: UUID | None
    currency: str
    country: str | None
    placed_at: datetime
    free_since: datetime | None
    lines: list[SoldLine]
    refunds: list[_Refund]


class _Orders(msgspec.Struct, frozen=True):
    """A page of orders. `last`: of them all, unless there are no more."""

    read_at: datetime
    last: UUID | None
    orders: list[_Order]


class _Bookings(msgspec.Struct, frozen=True):
    """What the ledger has of a page of orders."""

    read_at: datetime
    last: UUID | None
    bookings: list[Booking]


async def read_sources(ctx: ShopContext) -> None:
    """Go on with what is due, until all is read or this has run for long.

    Raises:
        Unavailable: a source does not answer. It goes on there.
    """
    async with ctx.db.read() as tx:
        found = await readings.due(tx)
    for reading in found:
        read = _read_orders if reading.source == "orders" else _read_payments
        for _ in range(MOST_PAGES):
            last = await read(ctx, reading)
            await failpoints.point("figures.page_read")
            if last is None:
                break
            reading = Reading(reading.source, last)  # noqa: PLW2901 -- the next page of the same


async def _read_orders(ctx: ShopContext, reading: Reading) -> UUID | None:
    page = await ctx.http.call("orders", "GET", _path(reading), into=_Orders)
    buyers = ctx.get(Buyers)
    orders = [
        PlacedOrder(each.order_id, each.placed_at, each.currency, each.country, buyers.of(each.account_id))
        for each in page.orders
    ]
    lines = [line for each in page.orders for line in lines_of(each.order_id, each.lines)]
    lines += [line for each in page.orders for refund in each.refunds for line in lines_of(*_parts(refund))]
    free = [
        Booking("capture", each.order_id, each.order_id, each.currency, 0, each.free_since)
        for each in page.orders
        if each.free_since is not None
    ]
    span = Span(reading.after, page.last, page.read_at)
    async with ctx.db.write() as tx:
        if not await readings.move(tx, reading.source, span):
            return None
        await readings.replace_orders(tx, span, orders, lines, free)
    return page.last


async def _read_payments(ctx: ShopContext, reading: Reading) -> UUID | None:
    page = await ctx.http.call("payments", "GET", _path(reading), into=_Bookings)
    span = Span(reading.after, page.last, page.read_at)
    async with ctx.db.write() as tx:
        if not await readings.move(tx, reading.source, span):
            return None
        await readings.replace_bookings(tx, span, page.bookings)
    return page.last


def _path(reading: Reading) -> str:
    return f"/internal/sales?after={reading.after}&limit={ORDERS_A_PAGE}"


def _parts(refund: _Refund) -> tuple[UUID, list[SoldLine]]:
    return refund.refund_id, refund.lines
