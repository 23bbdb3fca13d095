"""Set what search engines show of a product or a collection."""

from __future__ import annotations

from uuid import UUID

from catalog.content.store import things
from catalog.content.store.things import Kind, Thing
from catalog.content.usecases.changing import counted, locked, named
from catalog.context import CatalogContext
from chassis import audit
from chassis.db import WriteTx


async def set_seo(
    ctx: CatalogContext, kind: Kind, thing_id: UUID, version: int | None, title: str, description: str
) -> Thing:
    """In the shop's own language; empty: its title and its description stand for them.

    Raises:
        NotFound, VersionChanged.
    """

    async def body(tx: WriteTx) -> Thing:
        before = await locked(tx, kind, thing_id, version)
        await things.set_seo(tx, kind, thing_id, title, description)
        done = await counted(tx, kind, thing_id)
        was, now = ({"title": each.seo_title, "description": each.seo_description} for each in (before, done))
        await audit.record(tx, "seo.set", named(kind, done), before=was, after=now)
        return done

    return await ctx.db.transact(body)
