"""Endpoint for staff: a file to import is uploaded.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from catalog.api.imports import MAX_FILE, WrittenIn
from catalog.context import Ctx
from catalog.import_runs.api.models import FileName, ImportFile
from catalog.import_runs.problems import TooManyFiles
from catalog.import_runs.usecases.keep_file import keep_file
from catalog.importing import NotAnExport as Unreadable
from catalog.importing import UnclearEncoding as Unclear
from catalog.problems import NotAnExport, UnclearEncoding
from chassis.auth import Principal, require
from chassis.limits import account, limit
from chassis.problems import UnsupportedMedia, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent

router = APIRouter(prefix="/api/v1/admin/imports/files", tags=["staff: catalog"])
Writer = Annotated[Principal, Depends(require("catalog:write"))]
_FILE = {"schema": {"type": "string", "maxLength": MAX_FILE}, "example": "Artikel;Preis\nKleiner Druck;25,00\n"}
_CSV = {"requestBody": {"required": True, "content": {"text/csv": _FILE}}}


@router.post(
    "",
    status_code=201,
    summary="Upload a file to import",
    operation_id="upload_import_file",
    response_model=ImportFile,
    responses=responses(NotAnExport, UnclearEncoding, TooManyFiles, *IDEMPOTENCY_PROBLEMS),
    dependencies=[Depends(limit("imports", "20/min", by=account, fail="closed"))],
    openapi_extra=_CSV,
    max_body_size=MAX_FILE,
)
async def upload(
    ctx: Ctx,
    who: Writer,
    request: Request,
    key: IdempotencyKey,
    name: Annotated[FileName, Query(description="As the file is called", examples=["spring.csv"])] = "products.csv",
    encoding: WrittenIn = None,
) -> Response:
    """A CSV file of whatever columns, the file itself as the body, up to 10 MB. The answer says which columns it has
    and what their names say that they hold; a run says what they do. It is kept for 7 days.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        raise UnsupportedMedia("Send the file as it is, with Content-Type: text/csv.")
    content = await request.body()

    async def work(file_id: UUID) -> IdempotentResponse:
        try:
            found = await keep_file(ctx, file_id, content, name, encoding, who.account_id)
        except Unclear as unclear:
            candidates = [{"encoding": each, "line": line} for each, line in unclear.candidates]
            raise UnclearEncoding(unclear.message, candidates=candidates) from None
        except Unreadable as unreadable:
            raise NotAnExport(unreadable.message) from None
        return IdempotentResponse(201, ImportFile.of(file_id, name, found))

    wanted = {"name": name, "encoding": encoding, "digest": hashlib.sha256(content).hexdigest()}
    return await idempotent(ctx, scope=f"imports.upload:{who.account_id}", key=key, request=wanted, work=work)
