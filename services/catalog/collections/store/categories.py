"""SQL of the tree of categories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from catalog.collections.domain.tree import MOST, Node
from chassis.db import ReadTx, WriteTx

_COLUMNS = "id, parent_id, depth, position, slug, title, version, created_at, updated_at"
# The tree is changed by one transaction at a time.
_LOCK = "select pg_advisory_xact_lock(hashtextextended('catalog.categories', 0))"
_ADD = f"""
insert into categories (id, place, parent_id, parent_depth, depth, position, slug, title)
select $1, free, $2::uuid, parent.depth, coalesce(parent.depth, 0) + 1, $3, $4, $5
from generate_series(1, {MOST}) as free left join categories parent on parent.id = $2
where free not in (select c.place from categories c) order by free limit 1
returning {_COLUMNS}
"""
# A category with all below it, in one statement: the foreign key is looked at when all of them have moved.
_MOVE = f"""
with moved as (
    update categories c set depth = c.depth + $8::integer,
        parent_depth = case when c.id = $1 then nullif($7::integer - 1, 0) else c.parent_depth + $8::integer end,
        parent_id = case when c.id = $1 then $3 else c.parent_id end,
        position = case when c.id = $1 then $4 else c.position end,
        slug = case when c.id = $1 then $5 else c.slug end,
        title = case when c.id = $1 then $6 else c.title end,
        version = case when c.id = $1 then c.version + 1 else c.version end,
        updated_at = case when c.id = $1 then statement_timestamp() else c.updated_at end
    where c.id = any($9) and exists (select from categories where id = $1 and version = $2)
    returning {", ".join(f"c.{name}" for name in _COLUMNS.split(", "))}
)
select {_COLUMNS} from moved where id = $1
"""
# How many products shoppers see in each, those of the categories below it, too.
_SHOWN = """
with recursive above as (
    select id as category_id, id as seen_in, parent_id from categories
    union all
    select above.category_id, c.id, c.parent_id from above join categories c on c.id = above.parent_id
), counts as (
    select cp.category_id, count(*) as products
    from category_products cp
    join products p on p.id = cp.product_id and p.status = 'active'
    join product_prices pp on pp.product_id = p.id and pp.currency = $1
    group by cp.category_id
), sums as (
    select seen_in, sum(products)::bigint as products from above join counts using (category_id) group by seen_in
)
select c.id, c.parent_id, c.depth, c.slug, c.title, coalesce(sums.products, 0) as products
from categories c left join sums on sums.seen_in = c.id order by c.depth, c.position, c.title, c.id
"""
_IN_USE = """
select exists (select from categories where parent_id = $1)
    or exists (select from category_products where category_id = $1)
"""
_ASSIGN = """
insert into category_products (product_id, category_id) select id, $1 from unnest($2::uuid[]) as id order by id
on conflict (product_id) do update set category_id = excluded.category_id
"""


class Category(msgspec.Struct, frozen=True):
    """A category, as it is stored. `depth`: 1 at the top; `position`: among those of the same parent."""

    id: UUID
    parent_id: UUID | None
    depth: int
    position: int
    slug: str
    title: str
    version: int
    created_at: datetime
    updated_at: datetime


class Shown(msgspec.Struct, frozen=True):
    """A category as shoppers see it, with the number of products in it and below it."""

    id: UUID
    parent_id: UUID | None
    depth: int
    slug: str
    title: str
    products: int


class Fields(msgspec.Struct, frozen=True):
    """What staff say of a category."""

    parent_id: UUID | None
    position: int
    slug: str
    title: str


async def lock(tx: WriteTx) -> None:
    """Until `tx` ends nobody else changes the tree."""
    await tx.value(_LOCK)


async def nodes(tx: ReadTx) -> list[Node]:
    """All of the tree; their number is bounded."""
    return await tx.rows(Node, "select id, parent_id, depth from categories")


async def shown(tx: ReadTx, currency: str) -> list[Shown]:
    """All of them, parents first; products are counted that are sold in the currency."""
    return await tx.rows(Shown, _SHOWN, currency)


async def everything(tx: ReadTx) -> list[Category]:
    """All of them, parents first."""
    return await tx.rows(Category, f"select {_COLUMNS} from categories order by depth, position, title, id")


async def find(tx: ReadTx, category_id: UUID) -> Category | None:
    """One category."""
    return await tx.row(Category, f"select {_COLUMNS} from categories where id = $1", category_id)


async def slug_taken(tx: ReadTx, slug: str, category_id: UUID) -> bool:
    """Whether another category has this slug."""
    sql = "select exists (select from categories where slug = $1 and id <> $2)"
    return bool(await tx.value(sql, slug, category_id))


async def add(tx: WriteTx, category_id: UUID, fields: Fields) -> Category | None:
    """The new category; None where there are as many as there can be."""
    values = fields.parent_id, fields.position, fields.slug, fields.title
    return await tx.row(Category, _ADD, category_id, *values)


async def change(
    tx: WriteTx, category_id: UUID, version: int, fields: Fields, *, depths: tuple[int, int], moved: Sequence[UUID]
) -> Category | None:
    """The category with these fields, and all below it, which are `moved`; `depths`: that it gets, and how many more
    that is. None where it is not of this version.
    """
    values = fields.parent_id, fields.position, fields.slug, fields.title
    return await tx.row(Category, _MOVE, category_id, version, *values, *depths, moved)


async def in_use(tx: ReadTx, category_id: UUID) -> bool:
    """Whether it has products, or categories below it."""
    return bool(await tx.value(_IN_USE, category_id))


async def delete(tx: WriteTx, category_id: UUID) -> None:
    """Delete a category that is not in use; the tree is locked."""
    await tx.execute("delete from categories where id = $1", category_id)


async def categories_of(tx: ReadTx, product_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The category of each of these products that has one."""
    sql = "select product_id, category_id from category_products where product_id = any($1)"
    rows = await tx.rows(dict[str, UUID], sql, product_ids)
    return {row["product_id"]: row["category_id"] for row in rows}


async def assign(tx: WriteTx, product_ids: Sequence[UUID], category_id: UUID | None) -> None:
    """Put products, which are locked, into the category; None: into none."""
    if category_id is None:
        await tx.execute("delete from category_products where product_id = any($1)", product_ids)
    else:
        await tx.execute(_ASSIGN, category_id, product_ids)
