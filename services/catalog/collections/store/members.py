"""SQL of the products of a collection, and of their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from catalog.events import ChangedProduct
from chassis.db import ReadTx, WriteTx

# In the order of their ids, so that no two who lock the same products wait for each other.
_LOCK = "select id from products where id = any($1) order by id for no key update"
_TOUCH = """
update products set version = version + 1, updated_at = now() where id = any($1) returning id, slug, version
"""
_OF_COLLECTION = """
select p.id, p.slug, p.title, p.status from collection_products cp join products p on p.id = cp.product_id
where cp.collection_id = $1 order by cp.position, cp.product_id limit $2
"""
# Whoever takes another place leaves the old one first.
_LEAVE = """
delete from collection_products cp where cp.collection_id = $1 and not exists (
    select from unnest($2::uuid[]) with ordinality as wanted (product_id, position)
    where (wanted.product_id, wanted.position) = (cp.product_id, cp.position)
)
"""
_ENTER = """
insert into collection_products (collection_id, kind, product_id, position)
select $1, 'hand', product_id, position from unnest($2::uuid[]) with ordinality as wanted (product_id, position)
on conflict (collection_id, product_id) do nothing
"""


@dataclass(frozen=True, slots=True)
class Member:
    """A product of a collection, in whatever status."""

    id: UUID
    slug: str
    title: str
    status: str


async def ids(tx: ReadTx, collection_id: UUID) -> list[UUID]:
    """The products of a collection by hand, in their order."""
    sql = "select product_id from collection_products where collection_id = $1 order by position"
    return [row["product_id"] for row in await tx.rows(dict[str, UUID], sql, collection_id)]


async def of_collection(tx: ReadTx, collection_id: UUID, limit: int) -> list[Member]:
    """The first ones: by hand in their order, by rule oldest first."""
    return await tx.rows(Member, _OF_COLLECTION, collection_id, limit)


async def count(tx: ReadTx, collection_id: UUID) -> int:
    """How many products it has, in whatever status."""
    return int(await tx.value("select count(*) from collection_products where collection_id = $1", collection_id))


async def known_products(tx: ReadTx, product_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the products that there are."""
    sql = "select id from products where id = any($1)"
    return {row["id"] for row in await tx.rows(dict[str, UUID], sql, product_ids)}


async def lock_products(tx: WriteTx, product_ids: Sequence[UUID]) -> set[UUID]:
    """Lock products until `tx` ends; those that there are."""
    return {row["id"] for row in await tx.rows(dict[str, UUID], _LOCK, product_ids)}


async def replace(tx: WriteTx, collection_id: UUID, product_ids: Sequence[UUID]) -> None:
    """Make these its products, in this order. The collection and the products are locked."""
    await tx.execute(_LEAVE, collection_id, product_ids)
    await tx.execute(_ENTER, collection_id, product_ids)


async def touch_products(tx: WriteTx, product_ids: Sequence[UUID]) -> list[ChangedProduct]:
    """Count a change of each of these products, which are locked."""
    return await tx.rows(ChangedProduct, _TOUCH, product_ids)
