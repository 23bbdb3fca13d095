"""Say which variants of a product show a picture as their own."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.uploads.store import pictures as store
from catalog.uploads.usecases.changing import Pictures, counted, locked, one
from chassis import audit
from chassis.db import WriteTx
from chassis.problems import FieldError, Invalid


async def show_picture_by(
    ctx: CatalogContext, slug: str, picture_id: UUID, variant_ids: list[UUID], expected: int | None
) -> Pictures:
    """The picture, which these variants show, and no others. Repeated, it changes nothing more.

    Raises:
        NotFound: there is no such product, or it has no such picture. Invalid: it has not all of these variants.
        VersionChanged: the product is of another version than `expected`.
    """

    async def body(tx: WriteTx) -> Pictures:
        product = await locked(tx, slug, expected)
        before = await one(tx, product, picture_id, product.version)
        _check(variant_ids, await store.variants_of(tx, product.id, variant_ids))
        if not await store.show_by(tx, product.id, picture_id, variant_ids):
            return before
        version = await counted(tx, product)
        after = await one(tx, product, picture_id, version)
        was, now = ({"picture": picture_id, "variants": found.items[0].variant_ids} for found in (before, after))
        await audit.record(tx, "picture.shown_by", f"product:{slug}", before=was, after=now)
        return after

    return await ctx.db.transact(body)


def _check(wanted: list[UUID], known: set[UUID]) -> None:
    errors = [
        FieldError(f"variant_ids.{place}", "The product has no such variant", "unknown_variant")
        for place, variant_id in enumerate(wanted)
        if variant_id not in known
    ]
    if errors:
        raise Invalid("See `errors` for each field.", errors=errors[:20])
