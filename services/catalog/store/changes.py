"""Products changed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import WriteTx

_CHANGE = """
update products set
    status = coalesce($2, status), title = coalesce($3, title), description_html = coalesce($4, description_html),
    vendor = coalesce($5, vendor), product_type = coalesce($6, product_type), tags = coalesce($7, tags),
    version = version + 1, updated_at = now()
where slug = $1
returning id, slug, version
"""
_TOUCH = """
update products set version = version + 1, updated_at = now() where slug = $1 returning id, slug, version
"""
_FIELDS = """
select status, title, description_html, vendor, product_type, tags from products where slug = $1 for no key update
"""
_VARIANTS = """
select v.sku, v.id from variants v join products p on p.id = v.product_id where p.slug = $1 and v.sku = any($2)
"""


class Change(msgspec.Struct, frozen=True):
    """A product that changed, and the number of that change."""

    id: UUID
    slug: str
    version: int


async def lock_fields(tx: WriteTx, slug: str) -> dict[str, Any]:
    """What `change` may set, as it is until the transaction ends. Empty: there is no such product."""
    return await tx.row(dict, _FIELDS, slug) or {}


async def change(
    tx: WriteTx,
    slug: str,
    *,
    status: str | None,
    title: str | None,
    description_html: str | None,
    vendor: str | None,
    product_type: str | None,
    tags: list[str] | None,
) -> Change | None:
    """Set what is not None. None: there is no such product."""
    return await tx.row(Change, _CHANGE, slug, status, title, description_html, vendor, product_type, tags)


async def touch(tx: WriteTx, slug: str) -> Change | None:
    """Count a change of what belongs to the product, and lock it. None: there is no such product."""
    return await tx.row(Change, _TOUCH, slug)


async def variants_of(tx: WriteTx, slug: str, skus: Sequence[str]) -> dict[str, UUID]:
    """The ids of those of the SKUs that are the product's."""
    rows: list[dict[str, UUID]] = await tx.rows(dict, _VARIANTS, slug, skus)
    return {str(row["sku"]): row["id"] for row in rows}
