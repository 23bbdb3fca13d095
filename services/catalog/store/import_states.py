"""What an import reads of the products and variants that are here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

import msgspec

from catalog.domain.products import MediaState, ProductState, VariantState
from chassis.db import ReadTx, WriteTx

S = TypeVar("S", "_Media", "_Variant")

_PRODUCTS = """
select id, slug, title, description_html, vendor, product_type, tags, options, status
from products where slug = any($1) order by slug for no key update
"""
_TITLED = """
select lower(title) as title, array_agg(slug order by slug) as slugs from products
where lower(title) = any($1) group by 1
"""
_MEDIA = """
select id, product_id, coalesce(source_url, digest) as key, position, alt
from media where product_id = any($1) order by position
"""
_VARIANTS = """
select v.id, v.product_id, v.sku, v.option_values, v.position, v.weight_grams, v.barcode, v.requires_shipping,
       v.taxable, v.media_id, v.active, v.shared_sku, p.amount as price, p.compare_at
from variants v left join variant_prices p on p.variant_id = v.id and p.currency = $2
where v.product_id = any($1) order by v.position, v.id
"""
_HOLDERS = """
select v.sku, v.id as variant_id, p.slug from variants v join products p on p.id = v.product_id where v.sku = any($1)
"""
_BEARERS = """
select v.id as variant_id, v.sku, v.shared_sku, v.active, p.slug
from variants v join products p on p.id = v.product_id where v.sku = any($1) or v.shared_sku = any($1)
order by p.slug, v.id
"""
_PRICED = "select variant_id from variant_prices where variant_id = any($1) and currency = $2"


class _Product(msgspec.Struct, frozen=True):
    id: UUID
    slug: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    tags: list[str]
    options: list[str]
    status: str

    def state(self, media: list[_Media], variants: list[_Variant]) -> ProductState:
        texts = (self.title, self.description_html, self.vendor, self.product_type)
        fields = (*texts, self.tags, self.options, self.status)
        return ProductState(
            self.id,
            self.slug,
            fields,
            tuple(m.state() for m in media),
            tuple(v.state() for v in variants),
            tuple(self.options),
        )


class _Media(msgspec.Struct, frozen=True):
    id: UUID
    product_id: UUID
    key: str
    position: int
    alt: str

    def state(self) -> MediaState:
        return MediaState(self.id, self.key, self.position, self.alt)


class _Variant(msgspec.Struct, frozen=True):
    id: UUID
    product_id: UUID
    sku: str
    option_values: list[str]
    position: int
    weight_grams: int | None
    barcode: str | None
    requires_shipping: bool
    taxable: bool
    media_id: UUID | None
    active: bool
    shared_sku: str | None
    price: int | None
    compare_at: int | None

    def state(self) -> VariantState:
        fields = {**msgspec.structs.asdict(self), "option_values": tuple(self.option_values)}
        del fields["product_id"]
        return VariantState(**fields)


class _Titled(msgspec.Struct, frozen=True):
    title: str
    slugs: list[str]


async def states(tx: WriteTx, slugs: Sequence[str], currency: str) -> dict[str, ProductState]:
    """Those of the products that exist, locked, with all they have; prices in `currency`."""
    products = await tx.rows(_Product, _PRODUCTS, slugs)
    ids = [product.id for product in products]
    media = _by_product(await tx.rows(_Media, _MEDIA, ids))
    variants = _by_product(await tx.rows(_Variant, _VARIANTS, ids, currency))
    return {product.slug: product.state(media[product.id], variants[product.id]) for product in products}


async def slugs_of_titles(tx: WriteTx, titles: Sequence[str]) -> dict[str, list[str]]:
    """The slugs of the products that bear these titles, by the title in lower case."""
    return {row.title: row.slugs for row in await tx.rows(_Titled, _TITLED, titles)}


def _by_product(rows: Sequence[S]) -> dict[UUID, list[S]]:
    found: dict[UUID, list[S]] = defaultdict(list)
    for row in rows:
        found[row.product_id].append(row)
    return found


class Holder(msgspec.Struct, frozen=True):
    """Who has an SKU: the variant, and its product's slug."""

    variant_id: UUID
    sku: str
    slug: str


class Bearer(msgspec.Struct, frozen=True):
    """Who has an SKU, or would have it, were it not another's."""

    variant_id: UUID
    sku: str
    shared_sku: str | None
    active: bool
    slug: str


async def holders(tx: ReadTx, skus: Sequence[str]) -> dict[str, Holder]:
    """Who has each of the SKUs, where it exists."""
    return {holder.sku: holder for holder in await tx.rows(Holder, _HOLDERS, skus)}


async def bearers(tx: ReadTx, skus: Sequence[str]) -> dict[str, list[Bearer]]:
    """Who has each of the SKUs or would have it."""
    found: dict[str, list[Bearer]] = defaultdict(list)
    for bearer in await tx.rows(Bearer, _BEARERS, skus):
        for sku in {bearer.sku, bearer.shared_sku or bearer.sku}:
            found[sku].append(bearer)
    return found


async def priced(tx: ReadTx, variant_ids: Sequence[UUID], currency: str) -> set[UUID]:
    """Those of the variants that have a price in the currency."""
    rows: list[dict[str, UUID]] = await tx.rows(dict, _PRICED, variant_ids, currency)
    return {row["variant_id"] for row in rows}
