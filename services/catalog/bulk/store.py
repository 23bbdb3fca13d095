"""SQL of the edits of many products."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from catalog.bulk.domain import Product, VariantPrice
from catalog.events import ChangedProduct
from chassis.db import ReadTx, WriteTx

# In the order of their ids, as collections lock them.
_PRODUCTS = """
select p.id, p.slug, p.version, p.status, p.vendor, p.product_type, p.tags,
    exists (select from publications where product_id = p.id) as scheduled,
    (select count(*) from variants where product_id = p.id and active) as variants
from products p where p.slug = any($1) order by p.id
"""
_PRICES = """
select v.product_id, vp.variant_id, vp.amount, vp.compare_at
from variants v join variant_prices vp on vp.variant_id = v.id and vp.currency = $2
where v.product_id = any($1) and v.active order by v.product_id, v.position, v.id
"""
_COLLECTIONS = "select id from collections where id = any($1) and kind = 'hand' order by id"
_LOCK = " for no key update"
_COUNT = "update collections set version = version + 1, updated_at = statement_timestamp() where id = any($1)"
_FIELDS = """
update products p set status = w.status, vendor = w.vendor, product_type = w.product_type,
    tags = array(select jsonb_array_elements_text(w.tags)), version = p.version + 1, updated_at = now()
from jsonb_to_recordset($1::text::jsonb) as w (id uuid, status text, vendor text, product_type text, tags jsonb)
where p.id = w.id returning p.id, p.slug, p.version
"""
# It names no column that the search index is made of, or the trigger of products would make it anew.
_TOUCH = """
update products set version = version + 1, updated_at = now() where id = any($1) returning id, slug, version
"""
_UNSCHEDULE = "delete from publications where product_id = any($1)"


async def collections(tx: ReadTx, ids: Sequence[UUID], *, lock: bool) -> set[UUID]:
    """Those of the collections that are put together by hand."""
    rows = await tx.rows(dict[str, UUID], _COLLECTIONS + (_LOCK if lock else ""), sorted(ids))
    return {row["id"] for row in rows}


async def products(tx: ReadTx, slugs: Sequence[str], *, lock: bool) -> dict[str, Product]:
    """Those that there are, without prices and collections."""

    def made(*, tags: list[str], **columns: Any) -> Product:
        return Product(tags=tuple(tags), **columns)

    if lock:
        # Alone: counts and moments are read once the rows are this transaction's.
        await tx.rows(dict, "select id from products where slug = any($1) order by id for no key update", slugs)
    return {product.slug: product for product in await tx.rows(made, _PRODUCTS, slugs)}


async def prices(tx: ReadTx, product_ids: Sequence[UUID], currency: str) -> dict[UUID, tuple[VariantPrice, ...]]:
    """What the variants on sale of each product cost."""
    found: dict[UUID, list[VariantPrice]] = defaultdict(list)
    for row in await tx.rows(dict[str, Any], _PRICES, product_ids, currency):
        found[row.pop("product_id")].append(VariantPrice(**row))
    return {product_id: tuple(some) for product_id, some in found.items()}


async def write_products(tx: WriteTx, fields: Sequence[Product], others: Sequence[Product]) -> list[ChangedProduct]:
    """Write the own fields of some, count a change of others; all are locked."""
    names = ("id", "status", "vendor", "product_type", "tags")
    rows = [{name: getattr(product, name) for name in names} for product in fields]
    changed = await tx.rows(ChangedProduct, _FIELDS, msgspec.json.encode(rows).decode())
    return changed + await tx.rows(ChangedProduct, _TOUCH, [product.id for product in others])


async def unschedule(tx: WriteTx, product_ids: Sequence[UUID]) -> None:
    """Take away the moments at which they were to be shown."""
    await tx.execute(_UNSCHEDULE, product_ids)


async def count_collections(tx: WriteTx, ids: Sequence[UUID]) -> None:
    """Count a change of these collections, which are locked."""
    await tx.execute(_COUNT, ids)
