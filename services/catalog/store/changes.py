"""Products changed by staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from uuid import UUID

from catalog.domain.products import ProductChanges
from catalog.events import ChangedProduct
from chassis.db import WriteTx

_CHANGE = """
update products set
    status = coalesce($2, status), title = coalesce($3, title), description_html = coalesce($4, description_html),
    vendor = coalesce($5, vendor), product_type = coalesce($6, product_type), tags = coalesce($7, tags),
    tax_class = coalesce($8, tax_class),
    version = version + 1, updated_at = now()
where slug = $1
returning id, slug, version
"""
# It names no column that the search index is made of, or the trigger of products would make it anew.
_TOUCH = """
update products set version = version + 1, updated_at = now() where slug = $1 returning id, slug, version
"""
_FIELDS = """
select status, title, description_html, vendor, product_type, tags, tax_class from products where slug = $1
for no key update
"""
# Whoever decides the status by hand takes away the moment at which a draft is to be shown.
_UNSCHEDULE = "delete from publications where product_id = $1"
_VARIANTS = """
select v.sku, v.id from variants v join products p on p.id = v.product_id where p.slug = $1 and v.sku = any($2)
"""


async def lock_fields(tx: WriteTx, slug: str) -> ProductChanges | None:
    """The values of the fields that `change` sets, locked until the transaction ends. None: no such product."""
    return await tx.row(ProductChanges, _FIELDS, slug)


async def change(tx: WriteTx, slug: str, changes: ProductChanges) -> ChangedProduct | None:
    """Set what is not None; without any changes, count a change of what belongs to the product, and lock it.

    None: no such product.
    """
    if changes == ProductChanges():
        return await tx.row(ChangedProduct, _TOUCH, slug)
    changed = await tx.row(ChangedProduct, _CHANGE, slug, *astuple(changes))
    if changed is not None and changes.status is not None:
        await tx.execute(_UNSCHEDULE, changed.id)
    return changed


async def variants_of(tx: WriteTx, slug: str, skus: Sequence[str]) -> dict[str, UUID]:
    """The ids of those of the SKUs that are the product's."""
    rows: list[dict[str, UUID]] = await tx.rows(dict, _VARIANTS, slug, skus)
    return {str(row["sku"]): row["id"] for row in rows}
