"""Put products into a category."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

import msgspec

from catalog.collections.store import categories, members
from catalog.collections.usecases.keep_category import known_category
from catalog.collections.usecases.touch_products import touch_products
from catalog.context import CatalogContext
from chassis import audit
from chassis.db import ReadTx, WriteTx


class Outcome(StrEnum):
    """What becomes of a product: it is put there, it was there already, or there is no such product."""

    PLACED = "placed"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"


class Assigned(msgspec.Struct, frozen=True):
    """A product, what becomes of it, and the category that it had before."""

    product_id: UUID
    outcome: Outcome
    before: UUID | None


async def preview_assignment(ctx: CatalogContext, category_id: UUID | None, wanted: Sequence[UUID]) -> list[Assigned]:
    """What `assign_category` would do. Raises NotFound: there is no such category."""
    async with ctx.db.read() as tx:
        if category_id is not None:
            await known_category(tx, category_id)
        return await _decided(tx, category_id, wanted, await members.known_products(tx, wanted))


async def assign_category(ctx: CatalogContext, category_id: UUID | None, wanted: Sequence[UUID]) -> list[Assigned]:
    """Put each product into the category, out of the one before; None: into none. A product that moves gets a new
    version; again, nothing moves.

    Raises:
        NotFound: there is no such category.
    """

    async def body(tx: WriteTx) -> list[Assigned]:
        # It is not deleted meanwhile.
        await categories.lock(tx)
        if category_id is not None:
            await known_category(tx, category_id)
        decided = await _decided(tx, category_id, wanted, await members.lock_products(tx, sorted(wanted)))
        moved = sorted(each.product_id for each in decided if each.outcome is Outcome.PLACED)
        if moved:
            await categories.assign(tx, moved, category_id)
            await touch_products(tx, moved)
            name = f"category:{category_id}" if category_id else None
            await audit.record(tx, "category.products_placed", name, after={"products": moved})
        return decided

    return await ctx.db.transact(body)


async def _decided(tx: ReadTx, category_id: UUID | None, wanted: Sequence[UUID], there: set[UUID]) -> list[Assigned]:
    has = await categories.categories_of(tx, wanted)

    def outcome(product_id: UUID) -> Outcome:
        if product_id not in there:
            return Outcome.UNKNOWN
        return Outcome.UNCHANGED if has.get(product_id) == category_id else Outcome.PLACED

    return [Assigned(each, outcome(each), has.get(each)) for each in wanted]
