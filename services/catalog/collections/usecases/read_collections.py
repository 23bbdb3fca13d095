"""Collections as staff and shoppers read them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import msgspec

from catalog.collections.store import collections, members
from catalog.collections.store.collections import Collection
from catalog.collections.store.members import Member
from catalog.collections.usecases.keep_collection import known_collection
from catalog.context import CatalogContext
from catalog.domain.translations import Texts
from catalog.problems import Moved
from catalog.store import moved, translations
from catalog.usecases.translate import titled
from chassis.db import ReadTx
from chassis.problems import NotFound

_TEXTS = ("title", "description_html", "seo_title", "seo_description")


@dataclass(frozen=True, slots=True)
class Whole:
    """A collection with its first products and their number, in whatever status."""

    collection: Collection
    products: list[Member]
    count: int


async def read_collection(ctx: CatalogContext, collection_id: UUID) -> Whole:
    """For staff. Raises NotFound."""
    async with ctx.db.read() as tx:
        found = await known_collection(tx, collection_id)
        products = await members.of_collection(tx, collection_id, collections.MOST)
        return Whole(found, products, await members.count(tx, collection_id))


async def published_collection(ctx: CatalogContext, slug: str, language: str | None = None) -> Collection:
    """For shoppers; where a language is named, in that as far as there are texts in it. Raises NotFound, Moved."""
    async with ctx.db.read() as tx:
        found = await shown_collection(tx, slug)
        return found if language is None else await _translated(tx, found, language)


async def _translated(tx: ReadTx, found: Collection, language: str) -> Collection:
    texts = (await translations.texts_of(tx, "collection", [found.id], language)).get(found.id, Texts())
    own = {name: getattr(texts, name) or getattr(found, name) for name in _TEXTS}
    return msgspec.structs.replace(found, **own)


async def shown_collection(tx: ReadTx, slug: str) -> Collection:
    """Raises NotFound. Moved: it has another slug now."""
    found = await collections.published(tx, slug)
    if found is None:
        now = await moved.collection(tx, slug)
        raise NotFound("There is no such collection, or it is not shown any more.") if now is None else Moved.to(now)
    return found


async def list_collections(
    ctx: CatalogContext, before: UUID | None, limit: int, *, published_only: bool, language: str | None = None
) -> list[Collection]:
    """Those made before one, newest first; where a language is named, with titles in that."""
    async with ctx.db.read() as tx:
        found = await collections.newest(tx, before, limit, published_only=published_only)
        if language is None or not found:
            return found
        titles = await translations.titles_of(tx, "collection", [each.id for each in found], language)
    return [titled(each, titles.get(each.id)) for each in found]
