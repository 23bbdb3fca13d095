"""Drafts that are to be shown from a moment on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from catalog.domain.products import ProductStatus
from catalog.events import ChangedProduct
from chassis.db import ReadTx, WriteTx

# Whether any is due.
ANY_DUE = "exists (select from publications where publish_at <= now())"
_SET = """
insert into publications (product_id, publish_at) values ($1, $2)
on conflict (product_id) do update set publish_at = excluded.publish_at
"""
_REMOVE = "delete from publications where product_id = $1"
_READ = """
select pub.publish_at, p.version, p.status from products p left join publications pub on pub.product_id = p.id
where p.slug = $1
"""
# Products in the order in which an import locks them. The row of the publication is locked, too: where it was put off
# meanwhile, it is read again.
_DUE = """
select p.id from publications pub join products p on p.id = pub.product_id
where pub.publish_at <= now() order by p.slug limit $1 for no key update of p, pub
"""
_PUBLISH = """
update products set status = 'active', version = version + 1, updated_at = now()
where id = any($1) and status = 'draft' returning id, slug, version
"""
_DONE = "delete from publications where product_id = any($1)"


@dataclass(frozen=True, slots=True)
class Publication:
    """When a product is to be shown; None: not by itself."""

    publish_at: datetime | None
    status: ProductStatus
    version: int


async def set_moment(tx: WriteTx, product_id: UUID, publish_at: datetime | None) -> None:
    """When the product is to be shown; None: not by itself."""
    if publish_at is None:
        await tx.execute(_REMOVE, product_id)
    else:
        await tx.execute(_SET, product_id, publish_at)


async def read(tx: ReadTx, slug: str) -> Publication | None:
    """Of a product in whatever status; None: there is none of this slug."""
    return await tx.row(Publication, _READ, slug)


async def due(tx: WriteTx, most: int) -> list[UUID]:
    """Products whose moment has come, locked."""
    rows: list[dict[str, UUID]] = await tx.rows(dict, _DUE, most)
    return [row["id"] for row in rows]


async def publish(tx: WriteTx, product_ids: Sequence[UUID]) -> list[ChangedProduct]:
    """Make those active that are drafts, and forget the moment of all."""
    changed = await tx.rows(ChangedProduct, _PUBLISH, product_ids)
    await tx.execute(_DONE, product_ids)
    return changed
