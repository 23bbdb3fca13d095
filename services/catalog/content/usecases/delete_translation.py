"""Delete the texts of a product, a collection or a category in another language."""

from __future__ import annotations

from uuid import UUID

from catalog.content.store import texts
from catalog.content.store.things import Kind
from catalog.content.usecases.changing import counted, locked, named
from catalog.context import CatalogContext
from chassis import audit
from chassis.db import WriteTx


async def delete_translation(
    ctx: CatalogContext, kind: Kind, thing_id: UUID, language: str, version: int | None
) -> None:
    """Those that are gone already change nothing.

    Raises:
        NotFound, VersionChanged.
    """

    async def body(tx: WriteTx) -> None:
        thing = await locked(tx, kind, thing_id, version)
        if await texts.delete(tx, kind, thing_id, language):
            await counted(tx, kind, thing_id)
            before = {"language": language}
            await audit.record(tx, "translation.deleted", named(kind, thing), before=before)

    await ctx.db.transact(body)
