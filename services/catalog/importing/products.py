"""Imports products into the catalog: products by their slug, variants by their options, else by their SKU. Repeating it
changes nothing.

Not changed are: fields that the file does not have, the stock of stored variants and prices in other currencies (unless
an option says so), and products that are not in the file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from catalog import metrics
from catalog.importing import identify, reads, writes
from catalog.importing.batch import OUTCOMES, Batch, ImportOptions, ImportResult
from catalog.importing.model import ProductDraft, RowProblem
from catalog.importing.plan import plan
from catalog.importing.shopify import Layout, read_export
from catalog.importing.skus import candidates, settle_skus
from catalog.importing.stock import lock_stock, overwrite_stock
from catalog.importing.write_plans import write_plans
from chassis import audit
from chassis.db import Database, WriteTx
from chassis.resilience import failpoints

# Products in one transaction: many for speed, few so that other requests do not wait long.
BATCH_PRODUCTS = 100
BATCH_VARIANTS = 500
# Called with the number of imported products and the number of all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: products, findings of reading, rows with content. options: of the import, as the file needs
    them. ordered: the products are in the order of their slugs, as the database told which they are.
    """

    drafts: Sequence[ProductDraft]
    problems: list[RowProblem]
    rows: int
    options: ImportOptions
    ordered: bool


async def read_file(
    db: Database,
    data: bytes,
    options: ImportOptions,
    *,
    encoding: str | None = None,
    keep_stock: bool = False,
    layout: Layout | None = None,
) -> Reading:
    """Read a file that is to be imported. One that has no columns but those of stock sets it, unless `keep_stock`.

    Raises:
        NotAnExport: the file cannot be read.
    """
    # Reading some megabytes takes seconds, so a thread does it.
    export = await asyncio.to_thread(read_export, data, currency=options.currency, encoding=encoding, layout=layout)
    drafts, problems = export.products, export.problems
    if export.lines:
        drafts, unknown = await identify.by_sku(db, export.lines)
        problems = sorted(problems + unknown, key=lambda problem: problem.row)
    if export.stock_only and not keep_stock:
        options = replace(options, overwrite_stock=True)
    return Reading(drafts, problems, export.rows, options, bool(export.lines))


async def import_export(
    db: Database,
    data: bytes,
    options: ImportOptions,
    *,
    encoding: str | None = None,
    keep_stock: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Import a file; the result has the findings of reading and writing, by row.

    A file that has no columns but those of stock sets it, unless `keep_stock`.

    Raises:
        NotAnExport: the file cannot be read; nothing was changed.
    """
    read = await read_file(db, data, options, encoding=encoding, keep_stock=keep_stock)
    done = await import_products(db, read.drafts, read.options, progress=progress)
    done.problems = sorted([*read.problems, *done.problems], key=lambda problem: problem.row)
    done.rows = read.rows
    return done


async def import_products(
    db: Database, drafts: Sequence[ProductDraft], options: ImportOptions, *, progress: Progress | None = None
) -> ImportResult:
    """Create and update products, so that the catalog has the values of the drafts. Each draft has a slug of its own.

    Several products are written in one transaction. After an interruption, repeat the import to complete it.
    """
    total = ImportResult()
    finished = 0
    for part in parts_of(drafts):
        total.add(await db.transact(partial(import_part, drafts=part, options=options)))
        finished += len(part)
        if progress:
            progress(finished, len(drafts))
        await failpoints.point("import.batch")
    count(total)
    return total


def count(done: ImportResult) -> None:
    """Count the products for the metrics."""
    for outcome in OUTCOMES:
        metrics.imported.inc(outcome, by=getattr(done, outcome))


def parts_of(drafts: Sequence[ProductDraft]) -> Iterator[list[ProductDraft]]:
    """The drafts by the transactions that they are written in."""
    part: list[ProductDraft] = []
    variants = 0
    for draft in drafts:
        if part and (len(part) == BATCH_PRODUCTS or variants + len(draft.variants) > BATCH_VARIANTS):
            yield part
            part, variants = [], 0
        part.append(draft)
        variants += len(draft.variants)
    if part:
        yield part


async def import_part(tx: WriteTx, drafts: Sequence[ProductDraft], options: ImportOptions) -> ImportResult:
    """Write some products in this transaction."""
    await writes.lock(tx)
    batch = Batch(options)
    known = await identify.by_title(tx, drafts, batch)
    states = await reads.states(tx, [draft.slug for draft in known], options.currency)
    known = [identify.own_images(draft, states.get(draft.slug)) for draft in known]
    missing = await identify.only_new(tx, known, states) if options.only_new else known
    plans = [made for draft in missing if (made := plan(draft, states.get(draft.slug), batch))]
    batch.result.refused = len(drafts) - len(known) + len(missing) - len(plans)
    batch.result.unchanged = len(known) - len(missing)
    settle_skus(plans, await reads.holders(tx, candidates(plans)), batch)
    if options.overwrite_stock:
        await lock_stock(tx, plans)
    outcomes = await write_plans(tx, plans, batch)
    if options.overwrite_stock:
        await overwrite_stock(tx, plans, batch)
    await _audit(tx, outcomes, batch)
    return batch.result


async def _audit(tx: WriteTx, outcomes: dict[str, list[str]], batch: Batch) -> None:
    options = batch.options
    changed: dict[str, Any] = {name: outcomes[name] for name in ("created", "updated") if outcomes[name]}
    if changed or options.overwrite_stock:
        after = {**changed, "currency": options.currency, "overwrite_stock": options.overwrite_stock}
        if options.run_id:
            after["run"] = options.run_id
        if options.remove_prices:
            after |= {"remove_prices": options.remove_prices, "prices_removed": batch.result.prices_removed}
        await audit.record(tx, "catalog.imported", after=after)
