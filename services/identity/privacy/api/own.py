"""Endpoints of the export and the erasure of one's own account.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from chassis.auth import CurrentPrincipal, Principal, require_recent
from chassis.limits import account, limit
from chassis.problems import NotFound, Unavailable, responses
from identity.context import Ctx
from identity.privacy.api.models import ErasureOut, ExportOut, Exports
from identity.privacy.problems import ErasureBlocked, ExportNotFound, ExportNotReady
from identity.privacy.store import erasures, exports
from identity.privacy.usecases.ask_erasure import ask_own_erasure
from identity.privacy.usecases.ask_export import ask_export
from identity.privacy.usecases.download_export import Form, file_of, open_export
from identity.privacy.usecases.undo_erasure import undo_erasure
from identity.problems import LastAdmin

router = APIRouter(prefix="/api/v1/accounts/me", tags=["accounts"])
Proved = Annotated[Principal, Depends(require_recent())]
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/html": {"schema": {"type": "string"}},
        },
    },
    **responses(ExportNotFound, ExportNotReady),
}
_MEDIA = {"json": "application/json", "html": "text/html; charset=utf-8"}


@router.post(
    "/exports",
    status_code=202,
    summary="Ask for a copy of my data",
    operation_id="create_export",
    dependencies=[Depends(limit("export", "3/d", by=account))],
)
async def create(ctx: Ctx, who: Proved) -> ExportOut:
    """Within ten minutes of a sign-in or step-up. It is collected from every service, and a mail tells when it is
    ready. While one is being collected, that one is the answer.
    """
    return ExportOut.of(await ask_export(ctx, who))


@router.get("/exports", summary="Copies of my data", operation_id="list_exports")
async def list_all(ctx: Ctx, who: CurrentPrincipal) -> Exports:
    """Those that can be downloaded, or will be."""
    async with ctx.db.read() as tx:
        found = await exports.of_account(tx, who.account_id)
    return Exports(items=[ExportOut.of(each) for each in found])


@router.get(
    "/exports/{export_id}/file",
    summary="Download a copy of my data",
    operation_id="read_export_file",
    response_class=Response,
    responses=_FILE,
    dependencies=[Depends(limit("export-file", "30/h", by=account))],
)
async def download(
    export_id: UUID,
    ctx: Ctx,
    who: Proved,
    form: Annotated[Form, Query(description="`json` for programs, `html` for people", examples=["json"])] = "json",
) -> Response:
    """For 7 days, within ten minutes of a sign-in or step-up. A file whose last line is missing was cut off."""
    found = await open_export(ctx, who, export_id)
    headers = {"Content-Disposition": f'attachment; filename="my-data.{form}"', "Cache-Control": "no-store"}
    return StreamingResponse(file_of(ctx, found, form), media_type=_MEDIA[form], headers=headers)


@router.post(
    "/erasure",
    status_code=202,
    summary="Ask for the erasure of my account",
    operation_id="create_erasure",
    responses=responses(ErasureBlocked, LastAdmin, Unavailable),
    dependencies=[Depends(limit("erasure", "10/h", by=account))],
)
async def ask(ctx: Ctx, who: Proved) -> ErasureOut:
    """Within ten minutes of a sign-in or step-up. It begins 7 days later, and until then it can be undone. Orders stay
    as long as the law asks for, without name, address, e-mail and telephone. Asked for again, it is the same one.
    """
    return ErasureOut.of(await ask_own_erasure(ctx, who))


@router.get("/erasure", summary="The erasure of my account", operation_id="read_erasure", responses=responses(NotFound))
async def get(ctx: Ctx, who: CurrentPrincipal) -> ErasureOut:
    """404 where none was asked for."""
    async with ctx.db.read() as tx:
        found = await erasures.of_account(tx, who.account_id)
    if found is None:
        raise NotFound("No erasure of this account was asked for.")
    return ErasureOut.of(found)


@router.delete(
    "/erasure",
    status_code=204,
    summary="Keep my account",
    operation_id="delete_erasure",
    responses=responses(NotFound),
)
async def undo(ctx: Ctx, who: CurrentPrincipal) -> None:
    """Undoes its erasure, until it has begun: then the account is signed out everywhere."""
    await undo_erasure(ctx, who)
