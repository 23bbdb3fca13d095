"""Endpoint for staff: a picture is uploaded.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from catalog.api.hot import TAG
from catalog.api.schemas.public import Slug
from catalog.context import Ctx
from catalog.pictures.bodies import MAX_BYTES
from catalog.uploads.api.models import AltText, ChangedPicture
from catalog.uploads.problems import PictureRefused, TooManyPictures
from catalog.uploads.usecases.upload_picture import upload_picture
from catalog.uploads.usecases.upload_slots import UploadSlots
from chassis.auth import Principal, require
from chassis.limits import account, limit
from chassis.problems import NotFound, UnsupportedMedia, responses
from chassis.web import IDEMPOTENCY_PROBLEMS, IdempotencyKey, IdempotentResponse, idempotent
from chassis.web.preconditions import PRECONDITION_PROBLEMS, IfMatch, etag

router = APIRouter(prefix="/api/v1/admin/pictures", tags=["staff: catalog"])
Writer = Annotated[Principal, Depends(require("catalog:write"))]
TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif")
_FILE = {"schema": {"type": "string", "format": "binary", "maxLength": MAX_BYTES}, "example": "the bytes of the file"}
_BODY = {"requestBody": {"required": True, "content": dict.fromkeys(TYPES, _FILE)}}


@router.post(
    "",
    status_code=201,
    summary="Upload a picture of a product",
    operation_id="upload_picture",
    response_model=ChangedPicture,
    responses=responses(NotFound, PictureRefused, TooManyPictures, *PRECONDITION_PROBLEMS, *IDEMPOTENCY_PROBLEMS),
    dependencies=[Depends(limit("uploads", "120/min", by=account, fail="closed"))],
    openapi_extra=_BODY,
    max_body_size=MAX_BYTES,
)
async def upload(
    ctx: Ctx,
    who: Writer,
    request: Request,
    key: IdempotencyKey,
    version: IfMatch,
    product: Annotated[Slug, Query(description="The product's slug", examples=["perfect-fifth"])],
    alt: Annotated[AltText, Query(description="What it shows, in words", examples=["Perfect Fifth, framed"])] = "",
) -> Response:
    """The file itself, up to 20 MB and 25 million pixels. It is drawn anew, upright, without what its camera noted, in
    several widths, and stands behind the other pictures of the product. What it is is decided by its bytes.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in TYPES:
        raise UnsupportedMedia(f"Send the file as it is, with one of {', '.join(TYPES)} as its Content-Type.")
    async with ctx.get(UploadSlots).take(who.account_id):
        content = await request.body()

        async def work(picture_id: UUID) -> IdempotentResponse:
            changed = ChangedPicture.of(await upload_picture(ctx, product, picture_id, content, alt, version))
            return IdempotentResponse(201, changed, {"ETag": etag(changed.product_version)})

        wanted = {"product": product, "alt": alt, "digest": hashlib.sha256(content).hexdigest()}
        scope = f"catalog.upload_picture:{who.account_id}"
        answer = await idempotent(ctx, scope=scope, key=key, request=wanted, work=work)
    await ctx.cache.invalidate(TAG)
    return answer
