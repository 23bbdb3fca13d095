"""What staff sees of the fetching of pictures."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from catalog.schemas.public import Slug
from chassis.web import Model, Page


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
