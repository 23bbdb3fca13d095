"""Start an import of a file that was uploaded, or a try of it."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.import_runs.store import runs
from catalog.import_runs.store.runs import RUN, Run, RunImport, RunOptions
from chassis import audit
from chassis.problems import NotFound


async def start_run(
    ctx: CatalogContext, run_id: UUID, file_id: UUID, options: RunOptions, account_id: UUID, *, dry_run: bool
) -> Run:
    """The run; once for each id.

    Raises:
        NotFound: there is no such file, or it is forgotten.
    """
    async with ctx.db.write() as tx:
        if await runs.add(tx, run_id, file_id, options, account_id, dry_run=dry_run):
            await ctx.jobs.enqueue(tx, RUN, RunImport(run_id))
            after = {"file": file_id, "dry_run": dry_run, "currency": options.currency, "stock": options.stock}
            await audit.record(tx, "import.started", f"import_run:{run_id}", after=after)
        run = await runs.find(tx, run_id)
    if run is None:
        raise NotFound("There is no such file. Files are kept for 7 days: upload it again.")
    return run
