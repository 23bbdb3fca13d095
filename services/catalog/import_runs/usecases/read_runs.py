"""Read runs of imports, and what they found."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.import_runs.store import runs
from catalog.import_runs.store.runs import Finding, Run
from chassis.problems import NotFound
from chassis.web import PageParams, pagination


async def read_run(ctx: CatalogContext, run_id: UUID) -> Run:
    """Raises NotFound."""
    async with ctx.db.read() as tx:
        run = await runs.find(tx, run_id)
    if run is None:
        raise NotFound("There is no such run. Runs are kept for 7 days.")
    return run


async def list_runs(ctx: CatalogContext, params: PageParams) -> tuple[list[Run], str | None]:
    """A page, the newest first, and the cursor of the next.

    Raises:
        Invalid: the cursor is none of this list.
    """
    before: UUID | None = pagination.decode(params.cursor, tuple[UUID])[0] if params.cursor else None
    async with ctx.db.read() as tx:
        found = await runs.page(tx, before, params.limit + 1)
    shown = found[: params.limit]
    return shown, pagination.encode((shown[-1].id,)) if len(found) > params.limit else None


async def list_findings(
    ctx: CatalogContext, run_id: UUID, severity: str, params: PageParams
) -> tuple[list[Finding], str | None]:
    """A page of the findings of one weight, and the cursor of the next.

    Raises:
        NotFound. Invalid: the cursor is none of this list.
    """
    after: int = pagination.decode(params.cursor, tuple[int])[0] if params.cursor else 0
    await read_run(ctx, run_id)
    async with ctx.db.read() as tx:
        found = await runs.findings(tx, run_id, severity, after, params.limit + 1)
    shown = found[: params.limit]
    return shown, pagination.encode((shown[-1].number,)) if len(found) > params.limit else None
