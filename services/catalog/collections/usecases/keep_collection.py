"""Make, change and delete a collection."""

from __future__ import annotations

import asyncio
from uuid import UUID

import msgspec

from catalog.collections.problems import CollectionChanged, SlugTaken, TooManyCollections
from catalog.collections.store import collections, members
from catalog.collections.store.collections import Collection, Fields
from catalog.collections.usecases.touch_products import touch_products
from catalog.context import CatalogContext
from catalog.importing import sanitise_html
from chassis import audit
from chassis.db import ReadTx, WriteTx
from chassis.problems import FieldError, Invalid, NotFound

_TOLD = ("slug", "title", "published", "rule")


async def create_collection(ctx: CatalogContext, collection_id: UUID, wish: Fields) -> Collection:
    """The collection; once for each id. One by rule finds its products within seconds.

    Raises:
        SlugTaken. TooManyCollections.
    """
    fields = await clean(wish)
    async with ctx.db.write() as tx:
        await collections.lock_slugs(tx)
        made = await collections.find(tx, collection_id)
        if made is not None:
            return made
        await _check_slug(tx, fields.slug, collection_id)
        made = await collections.add(tx, collection_id, fields)
        if made is None:
            raise TooManyCollections(f"There can be {collections.MOST:,}.", limit=collections.MOST)
        await audit.record(tx, "collection.created", f"collection:{collection_id}", after=_told(made))
        return made


async def change_collection(ctx: CatalogContext, collection_id: UUID, version: int, wish: Fields) -> Collection:
    """The collection with these fields. A changed rule looks at all products anew.

    Raises:
        NotFound. CollectionChanged. SlugTaken. Invalid: a rule for one by hand, or none for one by rule.
    """
    fields = await clean(wish)
    async with ctx.db.write() as tx:
        await collections.lock_slugs(tx)
        before = await known_collection(tx, collection_id)
        if (before.kind == "rule") != (fields.rule is not None):
            message = "One by rule has a rule, and one by hand has none; the kind of a collection stays"
            raise Invalid("See `errors` for each field.", errors=[FieldError("rule", message, "kind")])
        await _check_slug(tx, fields.slug, collection_id)
        changed = await collections.change(tx, collection_id, version, fields)
        if changed is None:
            raise await not_so(tx, collection_id)
        was, now = _told(before), _told(changed)
        await audit.record(tx, "collection.changed", f"collection:{collection_id}", before=was, after=now)
        return changed


async def delete_collection(ctx: CatalogContext, collection_id: UUID, version: int) -> None:
    """Delete it; its products stay. One that is gone already changes nothing.

    Raises:
        CollectionChanged.
    """

    async def body(tx: WriteTx) -> None:
        before = await collections.find(tx, collection_id)
        if before is None:
            return
        fields = Fields(**{name: getattr(before, name) for name in Fields.__struct_fields__})
        if await collections.change(tx, collection_id, version, fields) is None:
            raise await not_so(tx, collection_id)
        if before.kind == "hand":
            products = await members.lock_products(tx, await members.ids(tx, collection_id))
            await touch_products(tx, sorted(products))
        await collections.delete(tx, collection_id)
        await audit.record(tx, "collection.deleted", f"collection:{collection_id}", before=_told(before))

    await ctx.db.transact(body)


async def clean(wish: Fields) -> Fields:
    """The fields with what is not allowed taken out of the description."""
    # In a thread: shoppers' reads must not wait for it.
    found, _ = await asyncio.to_thread(sanitise_html, wish.description_html)
    return msgspec.structs.replace(wish, description_html=found)


async def known_collection(tx: ReadTx, collection_id: UUID) -> Collection:
    """Raises NotFound."""
    found = await collections.find(tx, collection_id)
    if found is None:
        raise NotFound(f"There is no collection {collection_id}.")
    return found


async def not_so(tx: ReadTx, collection_id: UUID) -> CollectionChanged:
    """Why a collection was not of the version that a request names. Raises NotFound."""
    found = await known_collection(tx, collection_id)
    return CollectionChanged(f"It is of version {found.version}.", version=found.version)


async def _check_slug(tx: ReadTx, slug: str, collection_id: UUID) -> None:
    if await collections.slug_taken(tx, slug, collection_id):
        raise SlugTaken(f"Another collection has the slug {slug}.")


def _told(found: Collection) -> dict[str, object]:
    return {name: msgspec.to_builtins(getattr(found, name)) for name in _TOLD}
