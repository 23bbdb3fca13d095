"""Edit many products in one transaction: each product as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import Response

from catalog.bulk import store
from catalog.bulk.domain import MOST_MEMBERS, Planned, Product, VariantPrice, Wish, plan_all
from catalog.collections import members_of, replace_members
from catalog.context import CatalogContext
from catalog.domain.products import SkuPrice
from catalog.events import publish_products
from catalog.store import prices
from chassis import audit
from chassis.db import ReadTx, WriteTx
from chassis.problems import FieldError, Invalid
from chassis.resilience import failpoints
from chassis.web.idempotency import Claim, answer_of_another, claim, keeping

_KEEP = keeping(1)
_FIELDS = ("status", "vendor", "product_type", "tags")
Rows = Sequence[tuple[str, int | None]]
Members = Mapping[UUID, list[UUID]]


async def preview_product_edit(ctx: CatalogContext, rows: Rows, wish: Wish) -> list[Planned]:
    """What the edit would do to the products as they are now; nothing is written.

    Raises:
        Invalid: a collection is none that is put together by hand.
    """
    async with ctx.db.read() as tx:
        planned, _ = await _planned(tx, rows, wish, lock=False)
    return planned


async def edit_products(
    ctx: CatalogContext, mine: Claim, rows: Rows, wish: Wish, answer: Callable[[Sequence[Planned]], Response]
) -> Response:
    """Write the products that can be, once for the key of `mine`; the answer, which is kept in the same transaction.

    A repetition after whatever death finds either nothing or the answer: no price is raised twice.

    Raises:
        Invalid: a collection is none that is put together by hand. chassis.problems.IdempotencyKeyReused,
        IdempotencyKeyRunning.
    """

    async def body(tx: WriteTx) -> Response | None:
        if await claim(tx, mine) is None:
            return None
        planned, members = await _planned(tx, rows, wish, lock=True)
        versions = await _write(tx, planned, wish, members)
        response = answer([_of_version(each, versions) for each in planned])
        await tx.execute(_KEEP, *mine.kept(response))
        await failpoints.point("product_edit.written")
        return response

    written = await ctx.db.transact(body)
    return written or await answer_of_another(ctx, mine)


async def _planned(tx: ReadTx, rows: Rows, wish: Wish, *, lock: bool) -> tuple[list[Planned], Members]:
    named = [*wish.add_to, *wish.remove_from]
    _check(wish, await store.collections(tx, named, lock=lock))
    found = await store.products(tx, [slug for slug, _ in rows], lock=lock)
    members = {each: await members_of(tx, each) for each in sorted(named)}
    found = {slug: _in_collections(product, members, named) for slug, product in found.items()}
    free = {each: MOST_MEMBERS - len(some) for each, some in members.items()}
    planned = plan_all(rows, found, wish, free)
    if wish.price is None:
        return planned, members
    # Only of those that may have their prices changed: the others could have any number of variants.
    wanted = [each.before.id for each in planned if each.before and each.outcome != "refused"]
    known = await store.prices(tx, wanted, wish.price.currency)
    priced = {slug: replace(product, prices=known.get(product.id, ())) for slug, product in found.items()}
    again = {each.slug: each for each in plan_all(rows, priced, wish, free)}
    return [each if each.outcome == "refused" else again[each.slug] for each in planned], members


def _check(wish: Wish, known: set[UUID]) -> None:
    errors = [
        FieldError(f"changes.{name}.{place}", "There is no such collection by hand", "unknown_collection")
        for name, ids in (("add_to_collections", wish.add_to), ("remove_from_collections", wish.remove_from))
        for place, each in enumerate(ids)
        if each not in known
    ]
    if errors:
        raise Invalid("See `errors` for each field.", errors=errors)


def _in_collections(product: Product, members: Members, named: Sequence[UUID]) -> Product:
    return replace(product, collections=tuple(each for each in named if product.id in members[each]))


async def _write(tx: WriteTx, planned: Sequence[Planned], wish: Wish, members: Members) -> dict[UUID, int]:
    """The versions of the products that changed."""
    pairs = [(each.before, each.after) for each in planned if each.outcome == "changed" and each.before and each.after]
    if not pairs:
        return {}
    own = [after for before, after in pairs if any(getattr(before, name) != getattr(after, name) for name in _FIELDS)]
    others = [after for _, after in pairs if after not in own]
    changed = await store.write_products(tx, own, others)
    await store.unschedule(tx, [after.id for before, after in pairs if before.scheduled > after.scheduled])
    if wish.price:
        await _write_prices(tx, pairs, wish.price.currency)
    await _write_members(tx, pairs, members)
    await publish_products(tx, sorted(changed, key=lambda each: each.id))
    was, now = ({product.slug: _told(product) for product in some} for some in zip(*pairs, strict=True))
    await audit.record(tx, "products.edited", "products", before=was, after=now)
    return {each.id: each.version for each in changed}


async def _write_prices(tx: WriteTx, pairs: Sequence[tuple[Product, Product]], currency: str) -> None:
    wanted = {
        price.variant_id: SkuPrice("", price.amount, price.compare_at)
        for before, after in pairs
        for price in _changed_prices(before.prices, after.prices)
    }
    await prices.set_prices(tx, currency, wanted)
    await prices.sum_up(tx, [after.id for before, after in pairs if before.prices != after.prices])


def _changed_prices(before: Sequence[VariantPrice], after: Sequence[VariantPrice]) -> list[VariantPrice]:
    return [now for was, now in zip(before, after, strict=True) if was != now]


async def _write_members(tx: WriteTx, pairs: Sequence[tuple[Product, Product]], members: Members) -> None:
    moved = []
    for collection, present in members.items():
        gone = {before.id for before, after in pairs if collection in set(before.collections) - set(after.collections)}
        new = [after.id for before, after in pairs if collection in set(after.collections) - set(before.collections)]
        if gone or new:
            await replace_members(tx, collection, [*(each for each in present if each not in gone), *new])
            moved.append(collection)
    await store.count_collections(tx, moved)


def _of_version(planned: Planned, versions: Mapping[UUID, int]) -> Planned:
    if planned.after is None or planned.after.id not in versions:
        return planned
    return replace(planned, after=replace(planned.after, version=versions[planned.after.id]))


def _told(product: Product) -> dict[str, Any]:
    own = {name: getattr(product, name) for name in (*_FIELDS, "scheduled", "price_from", "price_to")}
    return {**own, "collections": list(product.collections)}
