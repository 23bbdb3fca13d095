"""Endpoints for staff: imports of uploaded files, and what they found.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from catalog.context import Ctx
from catalog.import_runs.api.models import ImportRun, ImportRuns, ImportWish, RunFinding, RunFindings
from catalog.import_runs.usecases.read_runs import list_findings, list_runs, read_run
from catalog.import_runs.usecases.start_run import start_run
from catalog.importing import Severity
from chassis.auth import Principal, require
from chassis.problems import NotFound, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, Paged, bodies, idempotent

router = APIRouter(prefix="/api/v1/admin/imports/runs", tags=["staff: catalog"])
Reader = Annotated[Principal, Depends(require("catalog:read"))]
Writer = Annotated[Principal, Depends(require("catalog:write"))]
RunId = Annotated[UUID, Path(description="The run's id", examples=["0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e0f"])]


@router.post(
    "",
    status_code=202,
    summary="Start an import, or try it",
    operation_id="start_import",
    response_model=ImportRun,
    responses=responses(NotFound, *IDEMPOTENCY_PROBLEMS),
)
@bodies.limited_to(keys=12_000)
async def start(body: ImportWish, ctx: Ctx, who: Writer, key: IdempotencyKey) -> Response:
    """Of an uploaded file. It runs in the background, a part of the file after the other; ask for the run to see how
    far it is. A dry run does the same and takes back each part: it says what would become of each row, as long as no
    part of the file depends on one before it.
    """

    async def work(run_id: UUID) -> IdempotentResponse:
        options = body.options(ctx.settings.currency)
        run = await start_run(ctx, run_id, body.file_id, options, who.account_id, dry_run=body.dry_run)
        return IdempotentResponse(202, ImportRun.of(run))

    return await idempotent(ctx, scope=f"imports.start:{who.account_id}", key=key, request=body, work=work)


@router.get("", summary="List imports", operation_id="list_imports")
async def list_all(ctx: Ctx, _who: Reader, page: Paged) -> ImportRuns:
    """The newest first, of the last 7 days."""
    found, more = await list_runs(ctx, page)
    return ImportRuns(items=[ImportRun.of(each) for each in found], next_cursor=more)


@router.get("/{run_id}", summary="How far an import is", operation_id="read_import", responses=responses(NotFound))
async def read(run_id: RunId, ctx: Ctx, _who: Reader) -> ImportRun:
    """And what became of the products that are done."""
    return ImportRun.of(await read_run(ctx, run_id))


@router.get(
    "/{run_id}/findings",
    summary="What an import found in the rows",
    operation_id="list_import_findings",
    responses=responses(NotFound),
)
async def findings(
    run_id: RunId,
    ctx: Ctx,
    _who: Reader,
    page: Paged,
    severity: Annotated[
        Severity,
        Query(
            description="`refused`: rows that were not taken; `changed`: taken otherwise than written; `notice`: worth "
            "knowing",
            examples=["refused"],
        ),
    ] = "refused",
) -> RunFindings:
    """First what was found in reading the file, by row, then what was found in writing each part. The first 20,000 of
    a run are kept.
    """
    found, more = await list_findings(ctx, run_id, severity, page)
    return RunFindings(items=[RunFinding.of(each) for each in found], next_cursor=more)
