"""Write the texts of a product, a collection or a category in another language."""

from __future__ import annotations

import asyncio
from uuid import UUID

import msgspec

from catalog.content.problems import TooManyTranslations
from catalog.content.store import texts as store
from catalog.content.store.texts import Translation
from catalog.content.store.things import Kind, Thing
from catalog.content.usecases.changing import counted, locked, named
from catalog.context import CatalogContext
from catalog.domain.translations import MOST, Texts
from catalog.importing import sanitise_html
from chassis import audit
from chassis.db import WriteTx
from chassis.problems import FieldError, Invalid


async def put_translation(
    ctx: CatalogContext, kind: Kind, thing_id: UUID, language: str, version: int | None, wish: Texts
) -> tuple[Translation, int]:
    """All texts in the language, and the new version of what they are of. Sent again, they are the same.

    Raises:
        NotFound, VersionChanged, TooManyTranslations. Invalid: it has no such option, or no such text.
    """
    texts = await _clean(wish)

    async def body(tx: WriteTx) -> tuple[Translation, int]:
        thing = await locked(tx, kind, thing_id, version)
        _check(kind, thing, texts)
        written = await store.put(tx, kind, thing_id, language, texts)
        if written is None:
            raise TooManyTranslations(f"There can be {MOST}.", limit=MOST)
        done = await counted(tx, kind, thing_id)
        after = {"language": language, "title": texts.title}
        await audit.record(tx, "translation.written", named(kind, done), after=after)
        return Translation(language, texts, written), done.version

    return await ctx.db.transact(body)


async def _clean(wish: Texts) -> Texts:
    if wish.description_html is None:
        return wish
    # In a thread: it takes as long as 20 shoppers' reads, and they must not wait for it.
    clean, _ = await asyncio.to_thread(sanitise_html, wish.description_html)
    return msgspec.structs.replace(wish, description_html=clean or None)


def _check(kind: Kind, thing: Thing, texts: Texts) -> None:
    wrong = [
        FieldError(f"options.{place}.option", "The product has no option of this name", "unknown-option")
        for place, name in enumerate(texts.options)
        if name not in thing.options
    ]
    if kind == "categories":
        wrong += [
            FieldError(name, "A category has a title and nothing else", "not-of-a-category")
            for name in ("description_html", "seo_title", "seo_description")
            if getattr(texts, name) is not None
        ]
    if wrong:
        raise Invalid("See `errors` for each field.", errors=wrong)
