"""Say in words what a picture shows, for those who do not see it."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.uploads.store import pictures as store
from catalog.uploads.usecases.changing import Pictures, counted, locked, one
from chassis import audit
from chassis.db import WriteTx


async def describe_picture(
    ctx: CatalogContext, slug: str, picture_id: UUID, alt: str, expected: int | None
) -> Pictures:
    """The picture. Repeated, it changes nothing more.

    Raises:
        NotFound: there is no such product, or it has no such picture.
        VersionChanged: the product is of another version than `expected`.
    """

    async def body(tx: WriteTx) -> Pictures:
        product = await locked(tx, slug, expected)
        before = await one(tx, product, picture_id, product.version)
        if not await store.set_alt(tx, product.id, picture_id, alt):
            return before
        version = await counted(tx, product)
        was, now = ({"picture": picture_id, "alt": text} for text in (before.items[0].alt, alt))
        await audit.record(tx, "picture.described", f"product:{slug}", before=was, after=now)
        return await one(tx, product, picture_id, version)

    return await ctx.db.transact(body)
