"""Delete a picture of a product. Its files are kept as long as backups may name them (usecases/sweep_media.py)."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.uploads.store import pictures as store
from catalog.uploads.usecases.changing import counted, locked
from chassis import audit
from chassis.db import WriteTx


async def delete_picture(ctx: CatalogContext, slug: str, picture_id: UUID, expected: int | None) -> None:
    """One that is gone already is no fault.

    Raises:
        NotFound: there is no product of this slug. VersionChanged: it is of another version than `expected`.
    """

    async def body(tx: WriteTx) -> None:
        product = await locked(tx, slug, expected)
        found = await store.picture(tx, product.id, picture_id)
        if found is None:
            return
        await store.delete(tx, product.id, picture_id)
        await counted(tx, product)
        was = {"picture": picture_id, "position": found.position, "alt": found.alt}
        await audit.record(tx, "picture.deleted", f"product:{slug}", before=was)

    await ctx.db.transact(body)
