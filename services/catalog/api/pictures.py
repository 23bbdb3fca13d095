"""For staff: pictures of imports that could not be fetched."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from catalog.context import Ctx
from catalog.schemas.pictures import MissingPicture, MissingPictures, PictureRetry, PicturesRetried
from catalog.store.pictures import Missing, PictureStatus
from catalog.usecases.list_pictures import list_pictures
from catalog.usecases.retry_pictures import retry_pictures
from chassis.auth import Principal, require
from chassis.limits import account, limit
from chassis.web import Paged

router = APIRouter(prefix="/api/v1/admin/pictures", tags=["staff: catalog"])

Reader = Annotated[Principal, Depends(require("catalog:read"))]
Writer = Annotated[Principal, Depends(require("catalog:write"))]


@router.get("", summary="List pictures that are not here")
async def list_missing_pictures(
    ctx: Ctx,
    _who: Reader,
    page: Paged,
    status: Annotated[
        PictureStatus,
        Query(description="`failed`: given up, with the reason. `waiting`: to be fetched", examples=["failed"]),
    ] = "failed",
) -> MissingPictures:
    """Newest first. Pictures of an import are fetched in the background, and tried again for some minutes."""
    found, more = await list_pictures(ctx, page, status)
    return MissingPictures(items=[_picture(missing) for missing in found], next_cursor=more)


def _picture(missing: Missing) -> MissingPicture:
    return MissingPicture(
        id=missing.id,
        product_slug=missing.slug,
        product_title=missing.title,
        source_url=missing.source_url,
        code=missing.failure,
        reason=missing.failure_reason,
        tries=missing.tries,
        gave_up_at=missing.given_up_at,
    )


@router.post(
    "/retry",
    summary="Fetch pictures again",
    status_code=202,
    dependencies=[Depends(limit("pictures", "20/min", by=account, fail="closed"))],
)
async def retry_missing_pictures(ctx: Ctx, _who: Writer, wish: PictureRetry) -> PicturesRetried:
    """Those that were given up, all or some. It may be repeated: what is here or under way is left alone."""
    return PicturesRetried(pictures=await retry_pictures(ctx.db, wish.ids))
