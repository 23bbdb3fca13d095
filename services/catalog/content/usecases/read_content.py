"""What a product, a collection or a category has beside its own texts, for staff."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from catalog.content.store import texts, things
from catalog.content.store.texts import Heading, Translation
from catalog.content.store.things import Kind, OldSlug, Thing
from catalog.content.usecases.changing import known
from catalog.context import CatalogContext
from chassis.problems import NotFound


@dataclass(frozen=True, slots=True)
class Content:
    """Texts for search engines, the languages that it has texts in, and the slugs that lead to it."""

    thing: Thing
    translations: list[Heading]
    old_slugs: list[OldSlug]


async def read_content(ctx: CatalogContext, kind: Kind, thing_id: UUID) -> Content:
    """Raises NotFound."""
    async with ctx.db.read() as tx:
        found = await known(tx, kind, thing_id)
        return Content(found, await texts.headings(tx, kind, thing_id), await things.old_slugs(tx, kind, thing_id))


async def read_translation(ctx: CatalogContext, kind: Kind, thing_id: UUID, language: str) -> tuple[Translation, int]:
    """The texts in exactly this language, and the version of what they are of. Raises NotFound."""
    async with ctx.db.read() as tx:
        thing = await known(tx, kind, thing_id)
        found = await texts.one(tx, kind, thing_id, language)
    if found is None:
        raise NotFound(f"It has no texts in {language}.")
    return found, thing.version
