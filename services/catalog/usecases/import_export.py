"""A Shopify product export, from its bytes to the catalog."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from catalog import shopify
from catalog.domain.products import ProductDraft
from catalog.drafts import from_export, of_line
from catalog.shopify import Export, ImportedVariant, RowProblem
from catalog.store.import_states import Bearer, bearers
from catalog.usecases.import_plan import Options
from catalog.usecases.import_products import Imported, import_products, quietly
from chassis.db import Database

_AT_ONCE = 5_000  # SKUs that are looked up in one query


async def import_export(
    db: Database,
    data: bytes,
    options: Options,
    *,
    encoding: str | None = None,
    keep_stock: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Imported, int]:
    """What was done, with the findings of both reading and writing by row; and how many rows the file has.

    A file that tells of nothing but stock sets it, unless `keep_stock`.

    Raises:
        shopify.NotAnExport: the file as a whole is of no use; nothing was done.
    """
    # A file of some megabytes takes seconds to read: meanwhile others are served.
    export, drafts = await asyncio.to_thread(_read, data, options.currency, encoding)
    problems = list(export.problems)
    if export.lines:
        drafts = await _by_sku(db, export.lines, problems)
    options = replace(options, overwrite_stock=options.overwrite_stock or (export.stock_only and not keep_stock))
    done = await import_products(
        db, drafts, options, progress=(lambda count: progress(count, len(drafts))) if progress else quietly
    )
    done.problems = sorted([*problems, *done.problems], key=_row)
    return done, export.rows


def _read(data: bytes, currency: str, encoding: str | None) -> tuple[Export, list[ProductDraft]]:
    export = shopify.read_export(data, currency=currency, encoding=encoding)
    return export, from_export(export)


async def _by_sku(db: Database, lines: Sequence[ImportedVariant], problems: list[RowProblem]) -> list[ProductDraft]:
    """The products that the SKUs are of. What changes before it is written is found again then."""
    products: dict[str, list[ImportedVariant]] = defaultdict(list)
    for start in range(0, len(lines), _AT_ONCE):
        some = lines[start : start + _AT_ONCE]
        async with db.read() as tx:
            found = await bearers(tx, [line.given_sku for line in some])
        for line in some:
            those = found.get(line.given_sku, [])
            active = [bearer for bearer in those if bearer.active] or those
            if len(active) == 1:
                products[active[0].slug].append(line)
            else:
                problems.append(_unclear(line, active))
    return [of_line(slug, products[slug]) for slug in sorted(products)]


def _unclear(line: ImportedVariant, those: Sequence[Bearer]) -> RowProblem:
    if those:
        names = ", ".join(sorted({bearer.slug for bearer in those})[:5])
        message = (
            f"{len(those)} variants share the SKU {line.given_sku} (of {names}). Add the columns Handle and Option1 "
            "Value to say which one is meant, and import again."
        )
        return RowProblem(line.row, "", "Variant SKU", "shared_sku", message, "refused")
    message = (
        f"No variant has the SKU {line.given_sku}. Correct it (spreadsheets take away zeros before a number), or "
        "import the whole product first."
    )
    return RowProblem(line.row, "", "Variant SKU", "unknown_sku", message, "refused")


def _row(problem: RowProblem) -> int:
    return problem.row
