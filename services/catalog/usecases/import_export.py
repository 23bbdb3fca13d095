"""A Shopify product export, from its bytes to the catalog."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from catalog import shopify
from catalog.domain.products import ProductDraft
from catalog.drafts import from_export
from catalog.shopify import Export, RowProblem
from catalog.usecases.import_products import Imported, import_products, quietly
from catalog.usecases.import_variants import Options
from chassis.db import Database


async def import_export(
    db: Database, data: bytes, options: Options, *, progress: Callable[[int, int], None] | None = None
) -> tuple[Imported, int]:
    """What was done, with the findings of both reading and writing by row; and how many rows the file has.

    Raises:
        shopify.NotAnExport: the file as a whole is of no use; nothing was done.
    """
    # A file of some megabytes takes seconds to read: meanwhile others are served.
    export, drafts = await asyncio.to_thread(_read, data, options.currency)
    done = await import_products(
        db, drafts, options, progress=(lambda count: progress(count, len(drafts))) if progress else quietly
    )
    done.problems = sorted([*export.problems, *done.problems], key=_row)
    return done, export.rows


def _read(data: bytes, currency: str) -> tuple[Export, list[ProductDraft]]:
    export = shopify.read_export(data, currency=currency)
    return export, from_export(export)


def _row(problem: RowProblem) -> int:
    return problem.row
