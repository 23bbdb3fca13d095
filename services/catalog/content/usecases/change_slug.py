"""Give a product another slug; the one before leads to it from then on."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from catalog.content.problems import SlugTaken
from catalog.content.store import things
from catalog.content.store.things import Thing
from catalog.content.usecases.changing import counted, locked
from catalog.context import CatalogContext
from chassis import audit
from chassis.db import WriteTx


async def change_slug(ctx: CatalogContext, product_id: UUID, version: int | None, slug: str) -> Thing:
    """The one that it has already changes nothing.

    Raises:
        NotFound, VersionChanged. SlugTaken: another product has it now; one that another had before is free.
    """

    async def body(tx: WriteTx) -> Thing:
        before = await locked(tx, "products", product_id, version)
        if before.slug == slug:
            return before
        try:
            await things.set_product_slug(tx, product_id, slug)
        except asyncpg.UniqueViolationError:
            raise SlugTaken(f"Another product is at {slug}.") from None
        done = await counted(tx, "products", product_id)
        was, now = {"slug": before.slug}, {"slug": slug}
        await audit.record(tx, "product.slug_changed", f"product:{slug}", before=was, after=now)
        return done

    return await ctx.db.transact(body)
