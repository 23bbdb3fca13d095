"""Run an import: part after part, each written with its progress in one transaction, so that it is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from uuid import UUID

import asyncpg

from catalog.api.hot import TAG
from catalog.context import CatalogContext
from catalog.import_runs.store import runs
from catalog.import_runs.store.runs import Run
from catalog.importing import (
    ImportOptions,
    ImportResult,
    Layout,
    NotAnExport,
    ProductDraft,
    Reading,
    count,
    import_part,
    inspect,
    parts_of,
    read_file,
)
from chassis.db import WriteTx
from chassis.problems import Unavailable
from chassis.resilience import failpoints


class RunTurn:
    """One run at a time in a process: a file of 10 MB takes some hundred megabytes while it is read."""

    def __init__(self) -> None:
        self.taken = asyncio.Semaphore(1)


class _Tried(Exception):
    """Takes back what a part of a dry run has written."""

    def __init__(self, result: ImportResult) -> None:
        super().__init__()
        self.result = result


async def run_import(ctx: CatalogContext, run_id: UUID) -> None:
    """Begin the run, or go on where it was left.

    Raises:
        Unavailable: another import, or an edit of the same products, takes long. The next try goes on.
    """
    async with ctx.get(RunTurn).taken:
        async with ctx.db.write() as tx:
            run = await runs.start(tx, run_id)
            content = await runs.content(tx, run_id) if run else b""
        if run is None:
            return
        try:
            reading = await _read(ctx, run, content)
        except NotAnExport as wrong:
            async with ctx.db.write() as tx:
                await runs.end(tx, run_id, wrong.message)
            return
        try:
            await _work(ctx, run, reading)
        except asyncpg.LockNotAvailableError:
            raise Unavailable("Another import, or an edit of the same products, takes long.") from None


async def _read(ctx: CatalogContext, run: Run, content: bytes) -> Reading:
    wish = run.options
    encoding = wish.encoding or run.file_encoding
    delimiter = wish.delimiter or (await asyncio.to_thread(inspect, content, encoding)).delimiter
    options = ImportOptions(
        wish.currency,
        overwrite_stock=wish.stock == "overwrite",
        remove_prices=wish.remove_prices,
        account_id=run.account_id,
        run_id=run.id,
    )
    layout = Layout(wish.columns, delimiter, wish.decimal)
    keep = wish.stock == "keep"
    reading = await read_file(ctx.db, content, options, encoding=encoding, keep_stock=keep, layout=layout)
    async with ctx.db.write() as tx:
        # Once: a run that goes on has its findings already.
        if await runs.read(tx, run.id, reading.rows, len(reading.drafts)):
            await runs.add_result(tx, run.id, ImportResult(problems=reading.problems))
    return reading


async def _work(ctx: CatalogContext, run: Run, reading: Reading) -> None:
    done = run.products_done
    for part in parts_of(_left(run, reading)):
        if not await _do(ctx, run, reading, part, done):
            return
        done += len(part)
        await failpoints.point("import_run.part")
        if not run.dry_run:
            await ctx.cache.invalidate(TAG)
    async with ctx.db.write_one() as tx:
        await runs.end(tx, run.id)


def _left(run: Run, reading: Reading) -> Sequence[ProductDraft]:
    """What is not done yet. The same file gives the same products in the same order, but where the database told which
    they are: then they are in the order of their slugs.
    """
    if reading.ordered:
        return [draft for draft in reading.drafts if draft.slug > (run.last_slug or "")]
    return reading.drafts[run.products_done :]


async def _do(ctx: CatalogContext, run: Run, reading: Reading, part: Sequence[ProductDraft], done: int) -> bool:
    """Write a part, or try it; whether the run goes on."""
    if run.dry_run:
        try:
            await ctx.db.transact(partial(_try, part=part, options=reading.options))
        except _Tried as tried:
            result: ImportResult | None = tried.result
    else:
        result = None

    async def body(tx: WriteTx) -> ImportResult | None:
        if not await runs.advance(tx, run.id, done, part):
            return None
        written = result or await import_part(tx, part, reading.options)
        await runs.add_result(tx, run.id, written)
        return written

    written = await ctx.db.transact(body)
    if written is not None and not run.dry_run:
        count(written)
    return written is not None


async def _try(tx: WriteTx, part: Sequence[ProductDraft], options: ImportOptions) -> None:
    """Write it as an import does, and take it back."""
    raise _Tried(await import_part(tx, part, options))
