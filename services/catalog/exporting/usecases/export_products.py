"""Export products as CSV, a part at a time: neither the products nor the file are in memory as a whole."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from uuid import UUID

from catalog.context import CatalogContext
from catalog.exporting import store
from catalog.exporting.rows import HEADER, Cells, rows_of

# Products that are read at once. Each may have 2,000 variants.
AT_ONCE = 20
_BOM = "\ufeff"  # spreadsheets know UTF-8 by it
_PART = 65_536  # characters that are sent at once, or a product's rows where they are more


async def export_products(ctx: CatalogContext, currency: str, status: str | None) -> AsyncIterator[bytes]:
    """The parts of the file. Each product is as it was when it was read; no connection is held in between."""
    address = ctx.settings.public_url.rstrip("/")
    part = _BOM + _text([HEADER])
    after: UUID | None = None
    while True:
        # Not of a replica: whoever imports the file again would set stock to what it was.
        async with ctx.db.read() as tx:
            products = await store.page(tx, after, currency, status, AT_ONCE)
        for product in products:
            part += _text(list(rows_of(product, currency, address)))
            if len(part) > _PART:
                yield part.encode()
                part = ""
        if len(products) < AT_ONCE:
            break
        after = products[-1].id
    if part:
        yield part.encode()


def _text(rows: list[Cells]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue()
