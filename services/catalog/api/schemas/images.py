"""Images as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID

import msgspec
from pydantic import Field

from catalog.store.pages import Media
from chassis.web import Model

ImagePath = Annotated[str, Field(examples=["/api/v1/media/0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e0f"])]
Pixels = Annotated[int, Field(gt=0, examples=[640])]


class ImageSize(Model):
    """One of the sizes that an image is to be had in: an entry of `srcset` is its `url`, its `width` and a "w"."""

    url: Annotated[str, Field(examples=["/api/v1/media/0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e0f?width=640"])]
    width: Pixels
    height: Pixels


class Thumbnail(Model):
    """An image in a list. `url` is its largest size. While it is not fetched, and for a drawing (SVG), which fits any
    size, `width` and `height` are null and `sizes` is empty.
    """

    url: ImagePath
    alt: str = Field(examples=["Perfect Fifth"])
    width: Pixels | None = Field(default=None, description="Of `url`, in pixels")
    height: Pixels | None = Field(default=None, description="Of `url`, in pixels")
    sizes: list[ImageSize] = Field(default=[], description="From the smallest to the largest")


class Image(Thumbnail):
    """`source_url`: where the image comes from; while it is not fetched, a placeholder is shown."""

    source_url: str | None = Field(default=None, examples=[None])


def image(media: Media) -> dict[str, Any]:
    """An Image as JSON values."""
    return thumbnail(media.id, media.alt, media.width, media.height, media.widths) | {"source_url": media.source_url}


def thumbnail(
    media_id: UUID, alt: str, width: int | None, height: int | None, widths: Sequence[int] | None
) -> dict[str, Any]:
    """A Thumbnail as JSON values, with the sizes it is kept in; `width` and `height` are those of the largest."""
    path = image_path(media_id)
    if width is None or height is None or not widths:
        return {"url": path, "alt": alt, "width": None, "height": None, "sizes": []}
    sizes = msgspec.Raw(_sizes(width, height, tuple(widths)).replace("@", path).encode())
    return {"url": path, "alt": alt, "width": width, "height": height, "sizes": sizes}


@lru_cache(maxsize=1_024)
def _sizes(width: int, height: int, widths: tuple[int, ...]) -> str:
    """The JSON of the sizes of images with this width and height, "@" in place of the image's path."""
    sizes = [
        ImageSize(url=f"@?width={each}", width=each, height=max(round(height * each / width), 1)) for each in widths
    ]
    return f"[{','.join(size.model_dump_json() for size in sizes)}]"


def image_path(media_id: UUID) -> str:
    """Where an image's largest size is."""
    return f"/api/v1/media/{media_id}"
