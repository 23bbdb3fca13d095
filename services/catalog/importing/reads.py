"""Reads the stored products and variants for an import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from catalog.importing.model import MediaState, ProductState, VariantState
from chassis.db import ReadTx, WriteTx

R = TypeVar("R", "_MediaRow", "_VariantRow")

_PRODUCTS = """
select id, slug, title, description_html, vendor, product_type, tags, options, status, tax_class
from products where slug = any($1) order by slug for no key update
"""
_TITLED = """
select lower(title) as title, array_agg(slug order by slug) as slugs from products
where lower(title) = any($1) group by 1
"""
_MEDIA = """
select id, product_id, position, alt,
       -- Two that were uploaded may be the same picture.
       coalesce(source_url, case when widths is null then digest else id::text end) as key,
       source_url is null and widths is not null as uploaded
from media where product_id = any($1) order by position
"""
_VARIANTS = """
select v.id, v.product_id, v.sku, v.option_values, v.position, v.weight_grams, v.barcode, v.requires_shipping,
       v.taxable, v.media_id, v.active, v.shared_sku, p.amount as price, p.compare_at
from variants v left join variant_prices p on p.variant_id = v.id and p.currency = $2
where v.product_id = any($1) order by v.position, v.id
"""
_HOLDERS = """
select v.id as variant_id, v.sku, v.shared_sku, v.active, p.slug
from variants v join products p on p.id = v.product_id where v.sku = any($1)
"""
_CLAIMANTS = f"{_HOLDERS.rstrip()} or v.shared_sku = any($1)\norder by p.slug, v.id"
_PRICED = "select variant_id from variant_prices where variant_id = any($1) and currency = $2"


@dataclass(frozen=True, slots=True, kw_only=True)
class _MediaRow(MediaState):
    product_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class _VariantRow(VariantState):
    product_id: UUID


@dataclass(frozen=True, slots=True)
class SkuHolder:
    """A variant's SKU, the SKU that it claims if another variant has that, and its product's slug."""

    variant_id: UUID
    sku: str
    shared_sku: str | None
    active: bool
    slug: str


def _product(*, tags: list[str], options: list[str], **columns: Any) -> ProductState:
    return ProductState(tags=tuple(tags), options=tuple(options), **columns)


def _variant(*, option_values: list[str], **columns: Any) -> _VariantRow:
    return _VariantRow(option_values=tuple(option_values), **columns)


async def states(tx: WriteTx, slugs: Sequence[str], currency: str) -> dict[str, ProductState]:
    """The products of these slugs that exist, locked, with their images and variants; prices in `currency`."""
    products = await tx.rows(_product, _PRODUCTS, slugs)
    ids = [product.id for product in products]
    media = _by_product(await tx.rows(_MediaRow, _MEDIA, ids))
    variants = _by_product(await tx.rows(_variant, _VARIANTS, ids, currency))
    return {
        product.slug: replace(product, media=tuple(media[product.id]), variants=tuple(variants[product.id]))
        for product in products
    }


def _by_product(rows: Sequence[R]) -> dict[UUID, list[R]]:
    found: dict[UUID, list[R]] = defaultdict(list)
    for row in rows:
        found[row.product_id].append(row)
    return found


async def slugs_of_titles(tx: WriteTx, titles: Sequence[str]) -> dict[str, list[str]]:
    """The slugs of the products that have these titles, by the title in lower case."""
    rows: list[dict[str, Any]] = await tx.rows(dict, _TITLED, titles)
    return {row["title"]: row["slugs"] for row in rows}


async def holders(tx: ReadTx, skus: Sequence[str]) -> dict[str, SkuHolder]:
    """The variant with each of the SKUs, if there is one."""
    return {holder.sku: holder for holder in await tx.rows(SkuHolder, _HOLDERS, skus)}


async def claimants(tx: ReadTx, skus: Sequence[str]) -> dict[str, list[SkuHolder]]:
    """The variants that have or claim each of the SKUs."""
    found: dict[str, list[SkuHolder]] = defaultdict(list)
    for holder in await tx.rows(SkuHolder, _CLAIMANTS, skus):
        for sku in {holder.sku, holder.shared_sku or holder.sku}:
            found[sku].append(holder)
    return found


async def priced(tx: ReadTx, variant_ids: Sequence[UUID], currency: str) -> set[UUID]:
    """The variants that have a price in the currency."""
    rows: list[dict[str, UUID]] = await tx.rows(dict, _PRICED, variant_ids, currency)
    return {row["variant_id"] for row in rows}
