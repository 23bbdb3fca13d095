"""What each change of a product begins with: its row locked, its version compared and raised, its event written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import asyncpg

from catalog.context import CatalogContext
from catalog.editing.domain.drafts import MAX_VARIANTS, NewVariant
from catalog.editing.problems import OptionsTaken, SkuTaken, TooManyVariants
from catalog.editing.store import products, variants
from catalog.editing.store.products import Touched
from catalog.events import publish_products
from chassis.db import WriteTx
from chassis.problems import NotFound
from chassis.web import check_version

T = TypeVar("T")


async def begin_change(tx: WriteTx, slug: str, version: int | None) -> Touched:
    """Lock the product, raise its version, and publish that it changed.

    Raises:
        NotFound: there is no product of this slug. VersionChanged: it is not of this version.
    """
    found = await products.touch(tx, slug)
    if found is None:
        raise NotFound("There is no product of this slug.")
    check_version(version, found.version - 1)
    await publish_products(tx, [found])
    return found


async def add_rows(tx: WriteTx, product_id: UUID, wanted: list[NewVariant], account_id: UUID) -> None:
    """Insert variants into a product that is locked, all or none.

    Raises:
        SkuTaken, OptionsTaken, TooManyVariants.
    """
    done = await variants.insert(tx, product_id, wanted, account_id)
    if done.made < len(wanted):
        skus = await variants.taken(tx, wanted)
        if skus:
            raise SkuTaken(f"Other variants have these: {', '.join(skus[:20])}.", skus=skus)
        raise OptionsTaken("The product has a variant with the same values already.")
    refuse_too_many(done.active)


def refuse_too_many(active: int) -> None:
    """For a product that is locked, with so many variants that are sold.

    Raises:
        TooManyVariants: they are too many.
    """
    if active > MAX_VARIANTS:
        raise TooManyVariants(f"It would have {active}, and can have {MAX_VARIANTS}.", limit=MAX_VARIANTS)


async def write(ctx: CatalogContext, body: Callable[[WriteTx], Awaitable[T]]) -> T:
    """Run `body` in a transaction, and say what a unique index refuses.

    Raises:
        SkuTaken, OptionsTaken; whatever `body` raises.
    """
    try:
        return await ctx.db.transact(body)
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name == "variants_sku_once":
            raise SkuTaken("A variant that is not sold any more keeps its SKU, too.") from None
        if taken.constraint_name == "variants_options_once":
            raise OptionsTaken("Change or retire one of the two first.") from None
        raise
