"""Say which products a collection by hand has, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from catalog.collections.problems import FilledByRule
from catalog.collections.store import collections, members
from catalog.collections.store.collections import Collection
from catalog.collections.usecases.keep_collection import known_collection, not_so
from catalog.collections.usecases.touch_products import touch_products
from catalog.context import CatalogContext
from chassis import audit
from chassis.db import WriteTx
from chassis.problems import FieldError, Invalid
from chassis.resilience import failpoints


async def set_products(
    ctx: CatalogContext, collection_id: UUID, version: int, product_ids: Sequence[UUID]
) -> Collection:
    """Make these the products of the collection, in this order. Those that enter or leave get a new version.

    Raises:
        NotFound. CollectionChanged. FilledByRule. Invalid: there is no such product, or one stands twice.
    """

    async def body(tx: WriteTx) -> Collection:
        changed = await collections.touch(tx, collection_id, version)
        if changed is None:
            if (await known_collection(tx, collection_id)).kind == "rule":
                raise FilledByRule("Change its rule instead.")
            raise await not_so(tx, collection_id)
        before = await members.ids(tx, collection_id)
        moved = sorted(set(before) ^ set(product_ids))
        there = await members.lock_products(tx, sorted({*before, *product_ids}))
        check_products(product_ids, there)
        await members.replace(tx, collection_id, product_ids)
        await touch_products(tx, moved)
        await failpoints.point("collection.products_written")
        counts = {"products": len(before)}, {"products": len(product_ids), "entered_or_left": len(moved)}
        name = f"collection:{collection_id}"
        await audit.record(tx, "collection.products_set", name, before=counts[0], after=counts[1])
        return changed

    return await ctx.db.transact(body)


def check_products(product_ids: Sequence[UUID], there: set[UUID]) -> None:
    """Raises Invalid: one of them is not there, or stands twice."""
    errors = [
        FieldError(f"product_ids.{place}", "There is no such product", "unknown_product")
        for place, product_id in enumerate(product_ids)
        if product_id not in there
    ]
    seen: set[UUID] = set()
    for place, product_id in enumerate(product_ids):
        if product_id in seen:
            errors.append(FieldError(f"product_ids.{place}", "This product stands twice in the list", "repeated"))
        seen.add(product_id)
    if errors:
        raise Invalid("See `errors` for each field.", errors=errors[:20])
