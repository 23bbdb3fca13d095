"""SQL of products that are shown beside another."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.db import ReadTx, WriteTx

# Those that staff chose, in their order; then what has something in common with it, most first. Of each kind the newest
# are looked at, so that a read costs the same in a shop of any size.
_BESIDE = """
with this as (
    select p.id, p.product_type, p.vendor, p.tags, cp.category_id
    from products p left join category_products cp on cp.product_id = p.id where p.id = $1
), chosen as (
    select related_id as id, position from related_products where product_id = $1
), alike as (
    (select cp.product_id as id from this join category_products cp on cp.category_id = this.category_id
     order by cp.product_id desc limit $2)
    union
    (select p.id from this join products p on p.product_type = this.product_type and p.status = 'active'
     where this.product_type <> '' order by p.id desc limit $2)
    union
    (select p.id from this join products p on p.vendor = this.vendor and p.status = 'active'
     where this.vendor <> '' order by p.id desc limit $2)
), weighed as (
    select p.id, 4 * (cp.category_id is not distinct from this.category_id and cp.category_id is not null)::integer
           + 2 * (p.product_type = this.product_type and p.product_type <> '')::integer
           + (p.vendor = this.vendor and p.vendor <> '')::integer
           + 2 * cardinality(array(select unnest(p.tags) intersect select unnest(this.tags))) as weight
    from this, alike join products p using (id) left join category_products cp on cp.product_id = p.id
    where p.id <> this.id and p.id not in (select id from chosen)
)
select id from (
    select id, 0 as tier, position as place from chosen
    union all
    select id, 1, -weight from weighed
) as beside order by tier, place, id desc limit $3
"""
_PUT = """
insert into related_products (product_id, position, related_id)
select $1, place, id from unnest($2::uuid[]) with ordinality as wanted (id, place)
"""


async def beside(tx: ReadTx, product_id: UUID, looked_at: int, limit: int) -> list[UUID]:
    """What may be shown beside a product, first those that staff chose; `looked_at`: of each kind of likeness."""
    return [row["id"] for row in await tx.rows(dict[str, UUID], _BESIDE, product_id, looked_at, limit)]


async def active(tx: ReadTx, slug: str) -> UUID | None:
    """The id of a product that shoppers see."""
    found: UUID | None = await tx.value("select id from products where slug = $1 and status = 'active'", slug)
    return found


async def product(tx: ReadTx, slug: str) -> UUID | None:
    """The id of a product in whatever status."""
    found: UUID | None = await tx.value("select id from products where slug = $1", slug)
    return found


async def chosen(tx: ReadTx, product_id: UUID) -> list[UUID]:
    """Those that staff chose, in their order."""
    sql = "select related_id from related_products where product_id = $1 order by position"
    return [row["related_id"] for row in await tx.rows(dict[str, UUID], sql, product_id)]


async def replace(tx: WriteTx, product_id: UUID, related: Sequence[UUID]) -> None:
    """Choose these, in this order. The product is locked."""
    await tx.execute("delete from related_products where product_id = $1", product_id)
    await tx.execute(_PUT, product_id, related)
