"""Endpoints for staff: pictures of imports that could not be fetched."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from catalog.api.schemas.public import Slug
from catalog.context import Ctx
from catalog.store.pictures import PictureStatus
from catalog.usecases.list_pictures import list_pictures
from catalog.usecases.retry_pictures import retry_pictures
from chassis.auth import Principal, require
from chassis.limits import account, limit
from chassis.web import Model, Page, Paged

router = APIRouter(prefix="/api/v1/admin/pictures", tags=["staff: catalog"])

Reader = Annotated[Principal, Depends(require("catalog:read"))]
Writer = Annotated[Principal, Depends(require("catalog:write"))]


class MissingPicture(Model):
    """A picture that is not here, and why. `gave_up_at` null: it is still to be fetched, or to be tried again."""

    id: UUID
    product_slug: Slug
    product_title: str = Field(examples=["Tide No. 4"])
    source_url: str = Field(examples=["https://images.example.com/tide-no-4.jpg"])
    code: str | None = Field(examples=["not-found"])
    reason: str | None = Field(examples=["There is nothing at this address (404)."])
    tries: int = Field(examples=[1])
    gave_up_at: datetime | None = Field(examples=["2026-11-28T09:00:00Z"])


class MissingPictures(Page[MissingPicture]):
    """A part of the list of pictures that are not here."""


class PictureRetry(Model):
    """Which pictures to fetch again."""

    ids: list[UUID] | None = Field(
        default=None,
        min_length=1,
        max_length=500,
        description="Of the list; all that failed if left out",
        examples=[None],
    )


class PicturesRetried(Model):
    """How many pictures are being fetched again."""

    pictures: int = Field(ge=0, examples=[3])


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
    return MissingPictures(
        items=[MissingPicture.model_validate(each, from_attributes=True) for each in found], next_cursor=more
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
