"""An image's bytes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from catalog.media import PLACEHOLDER, SVG, MediaFolder
from catalog.settings import CatalogSettings
from catalog.store import pages
from chassis.context import Context
from chassis.problems import NotFound


@dataclass(frozen=True)
class Picture:
    """`lasting`: these bytes never change under this address. `etag` with its quotes."""

    content: bytes
    content_type: str
    etag: str
    lasting: bool


async def read_media(ctx: Context[CatalogSettings], media_id: UUID) -> Picture:
    """The image, or a placeholder while its content is not here.

    Raises:
        NotFound: no product has such an image.
    """
    async with ctx.db.read() as tx:
        file = await pages.file(tx, media_id)
    if file is None:
        raise NotFound("There is no such image.")
    content = await ctx.get(MediaFolder).get(file.digest) if file.digest else None
    if content is None or file.content_type is None:
        return Picture(PLACEHOLDER, SVG, '"placeholder"', lasting=False)
    return Picture(content, file.content_type, f'"{file.digest}"', lasting=True)
