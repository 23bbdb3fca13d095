"""An image's bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from catalog.context import CatalogContext
from catalog.media import PLACEHOLDER, SVG, MediaObjects
from catalog.store import pages
from chassis.problems import NotFound


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of an image. `lasting`: these bytes never change under this address. `etag` with its quotes."""

    content: bytes
    content_type: str
    etag: str
    lasting: bool


async def read_media(ctx: CatalogContext, media_id: UUID, width: int | None = None) -> Picture:
    """The image, or a placeholder while its content is not here. `width`: at least so many pixels wide, if there are.

    Raises:
        NotFound: no product has such an image. chassis.problems.Unavailable: where images lie does not answer.
    """
    async with ctx.db.read() as tx:
        file = await pages.file(tx, media_id)
    if file is None:
        raise NotFound("There is no such image.")
    size = fitting(file.widths, width)
    content = await ctx.get(MediaObjects).get(file.digest, size) if file.digest else None
    if content is None or file.content_type is None:
        return Picture(PLACEHOLDER, SVG, '"placeholder"', lasting=False)
    etag = file.digest if size is None else f"{file.digest}-{size}"
    return Picture(content, file.content_type, f'"{etag}"', lasting=True)


def fitting(widths: Sequence[int] | None, wanted: int | None) -> int | None:
    """The smallest of the widths that is large enough, else the largest; None for a file of one size."""
    if not widths:
        return None
    return min((each for each in widths if wanted is not None and each >= wanted), default=max(widths))
