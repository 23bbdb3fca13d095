"""Set the order of a product's pictures. The first is shown in lists."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.uploads.domain.order import names_each_once
from catalog.uploads.problems import PicturesDiffer
from catalog.uploads.store import pictures as store
from catalog.uploads.usecases.changing import Pictures, counted, locked
from chassis import audit
from chassis.db import WriteTx


async def order_pictures(ctx: CatalogContext, slug: str, picture_ids: list[UUID], expected: int | None) -> Pictures:
    """All pictures in the order of the ids. Repeated, it changes nothing more.

    Raises:
        NotFound: there is no product of this slug. VersionChanged: it is of another version than `expected`.
        PicturesDiffer: it has others than these.
    """

    async def body(tx: WriteTx) -> Pictures:
        product = await locked(tx, slug, expected)
        before = [each.id for each in await store.pictures(tx, product.id)]
        if not names_each_once(before, picture_ids):
            raise PicturesDiffer("An order names each picture of the product once.", picture_ids=before)
        version = product.version
        if await store.order(tx, product.id, picture_ids):
            version = await counted(tx, product)
            was, now = {"pictures": before}, {"pictures": picture_ids}
            await audit.record(tx, "pictures.ordered", f"product:{slug}", before=was, after=now)
        return Pictures(await store.pictures(tx, product.id), version)

    return await ctx.db.transact(body)
