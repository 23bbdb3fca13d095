"""List pictures that are not fetched, for staff."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.store import pictures as store
from catalog.store.pictures import MissingPicture, PictureStatus
from chassis.web import PageParams, pagination


async def list_pictures(
    ctx: CatalogContext, params: PageParams, status: PictureStatus
) -> tuple[list[MissingPicture], str | None]:
    """A page of failed or waiting pictures, newest first; and the cursor of the next page.

    Raises:
        Invalid: the cursor is none of this list.
    """
    before = pagination.decode(params.cursor, tuple[UUID])[0] if params.cursor else None
    async with ctx.db.read() as tx:
        found = await store.missing(tx, status, before=before, limit=params.limit + 1)
    shown = found[: params.limit]
    return shown, pagination.encode((shown[-1].id,)) if len(found) > params.limit else None
