"""Imports a Shopify product export, from its bytes to the catalog."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from catalog.importing import identify
from catalog.importing.batch import ImportOptions, ImportResult
from catalog.importing.products import Progress, import_products
from catalog.importing.shopify import read_export
from chassis.db import Database


async def import_export(
    db: Database,
    data: bytes,
    options: ImportOptions,
    *,
    encoding: str | None = None,
    keep_stock: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Import a file; the result holds the findings of both reading and writing, by row.

    A file that has no columns but those of stock sets it, unless `keep_stock`.

    Raises:
        NotAnExport: the file as a whole is of no use; nothing was done.
    """
    # A file of some megabytes takes seconds to read: meanwhile others are served.
    export = await asyncio.to_thread(read_export, data, currency=options.currency, encoding=encoding)
    drafts, problems = export.products, export.problems
    if export.lines:
        drafts, unknown = await identify.by_sku(db, export.lines)
        problems = problems + unknown
    if export.stock_only and not keep_stock:
        options = replace(options, overwrite_stock=True)
    done = await import_products(db, drafts, options, progress=progress)
    done.problems = sorted([*problems, *done.problems], key=lambda problem: problem.row)
    done.rows = export.rows
    return done
