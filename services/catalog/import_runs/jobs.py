"""Work that is done later: the runs, and forgetting old files."""

from __future__ import annotations

from catalog.context import CatalogContext
from catalog.import_runs.store import files
from catalog.import_runs.store.runs import RUN, RunImport
from catalog.import_runs.usecases.run_import import run_import
from chassis.db import in_batches

ANY_OLD = files.ANY_OLD

__all__ = ["ANY_OLD", "RUN", "RunImport", "forget_files", "run"]


async def run(ctx: CatalogContext, wish: RunImport) -> None:
    """Import a file, or try it."""
    await run_import(ctx, wish.run_id)


async def forget_files(ctx: CatalogContext) -> None:
    """Files to import are kept for 7 days, with their runs."""
    await in_batches(ctx.db, files.forget, files.AT_ONCE)
