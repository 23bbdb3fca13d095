"""Export orders as CSV, a part at a time: neither the orders nor the file are in memory as a whole."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

from orders.context import OrdersContext
from orders.worklist.domain.csv_rows import HEADER, Cell, last_row, rows_of
from orders.worklist.domain.filters import Filters, Place
from orders.worklist.store import pages

# Few, so that other requests of this process wait for one part only.
AT_ONCE = 100
MOST = 100_000


async def export_orders(ctx: OrdersContext, filters: Filters, most: int = MOST) -> AsyncIterator[bytes]:
    """The parts of the file. Each order is as it was when its part was read; no connection is held in between."""
    yield _text([HEADER])
    orders, rows = 0, 0
    after: Place | None = None
    while True:
        async with ctx.db.report() as tx:
            page = await pages.page(tx, filters, after, min(AT_ONCE, most - orders))
        part: list[list[Cell]] = []
        for found in page.items:
            part += rows_of(found.order, found.tags, rows + len(part) + 1)
        orders, rows, after = orders + len(page.items), rows + len(part), page.next
        if after is None or orders == most:
            break
        if part:
            yield _text(part)
    yield _text([*part, last_row(rows, more=after is not None)])


def _text(rows: list[list[Cell]] | list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue().encode()
