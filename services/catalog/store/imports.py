"""What an import reads and writes. One import at a time holds the catalog, for the length of one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

import msgspec

from catalog.domain.products import MediaDraft, MediaState, ProductDraft, ProductState, VariantDraft, VariantState
from catalog.events import ChangedStock
from chassis.db import WriteTx
from chassis.ids import uuid7

S = TypeVar("S", "_Media", "_Variant")

_LOCK = 0x6361746C  # any constant; importers queue by it, so that no two of them make the same product

_PRODUCTS = """
select id, slug, title, description_html, vendor, product_type, tags, options, status
from products where slug = any($1) order by slug for no key update
"""
_MEDIA = """
select id, product_id, coalesce(digest, source_url) as key, position, alt
from media where product_id = any($1) order by position
"""
_VARIANTS = """
select v.id, v.product_id, v.sku, v.option_values, v.position, v.weight_grams, v.barcode, v.requires_shipping,
       v.taxable, v.media_id, v.active, p.amount as price, p.compare_at
from variants v left join variant_prices p on p.variant_id = v.id and p.currency = $2
where v.product_id = any($1) order by v.position, v.id
"""
_OWNERS = "select v.sku, p.slug from variants v join products p on p.id = v.product_id where v.sku = any($1)"
_INSERT_PRODUCT = """
insert into products (slug, title, description_html, vendor, product_type, tags, options, status)
values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
"""
_UPDATE_PRODUCT = """
update products set title = $2, description_html = $3, vendor = $4, product_type = $5, tags = $6, options = $7,
       status = $8, version = version + 1, updated_at = now()
where id = $1 returning version
"""
_INSERT_MEDIA = """
insert into media (id, product_id, position, alt, source_url, digest, content_type) values ($1, $2, $3, $4, $5, $6, $7)
"""
_INSERT_VARIANT = """
insert into variants (id, product_id, sku, option_values, position, weight_grams, barcode, requires_shipping, taxable,
                      media_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_UPDATE_VARIANT = """
update variants set sku = $2, option_values = $3, position = $4, weight_grams = $5, barcode = $6,
       requires_shipping = $7, taxable = $8, media_id = $9, active = true
where id = $1
"""
SET_PRICE = """
insert into variant_prices (variant_id, currency, amount, compare_at) values ($1, $2, $3, $4)
on conflict (variant_id, currency) do update set amount = excluded.amount, compare_at = excluded.compare_at
where (variant_prices.amount, variant_prices.compare_at) is distinct from (excluded.amount, excluded.compare_at)
"""
_INSERT_STOCK = """
with made as (
    insert into stock (variant_id, on_hand, tracked, backorder) values ($1, $2, $3, $4) returning variant_id
)
insert into stock_movements (variant_id, delta, reason, account_id)
select variant_id, $2, 'imported', $5 from made where $2 <> 0
"""


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
        fields = (
            self.title,
            self.description_html,
            self.vendor,
            self.product_type,
            self.tags,
            self.options,
            self.status,
        )
        return ProductState(
            self.id, self.slug, fields, tuple(m.state() for m in media), tuple(v.state() for v in variants)
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
    price: int | None
    compare_at: int | None

    def state(self) -> VariantState:
        fields = {**msgspec.structs.asdict(self), "option_values": tuple(self.option_values)}
        del fields["product_id"]
        return VariantState(**fields)


async def lock(tx: WriteTx) -> None:
    """Wait until no other import writes, and keep others waiting until this transaction ends."""
    await tx.execute("select pg_advisory_xact_lock($1)", _LOCK)


async def states(tx: WriteTx, slugs: Sequence[str], currency: str) -> dict[str, ProductState]:
    """Those of the products that exist, locked, with all they have; prices in `currency`."""
    products = await tx.rows(_Product, _PRODUCTS, slugs)
    ids = [product.id for product in products]
    media = _by_product(await tx.rows(_Media, _MEDIA, ids))
    variants = _by_product(await tx.rows(_Variant, _VARIANTS, ids, currency))
    return {product.slug: product.state(media[product.id], variants[product.id]) for product in products}


def _by_product(rows: Sequence[S]) -> dict[UUID, list[S]]:
    found: dict[UUID, list[S]] = defaultdict(list)
    for row in rows:
        found[row.product_id].append(row)
    return found


async def owners(tx: WriteTx, skus: Sequence[str]) -> dict[str, str]:
    """The slug of the product that each of the SKUs belongs to, where it exists."""
    rows: list[dict[str, str]] = await tx.rows(dict, _OWNERS, skus)
    return {row["sku"]: row["slug"] for row in rows}


async def insert_product(tx: WriteTx, draft: ProductDraft) -> UUID:
    product_id: UUID = await tx.value(_INSERT_PRODUCT, draft.slug, *draft.fields)
    return product_id


async def update_product(tx: WriteTx, product_id: UUID, draft: ProductDraft) -> int:
    """Its new version."""
    version: int = await tx.value(_UPDATE_PRODUCT, product_id, *draft.fields)
    return version


async def insert_media(tx: WriteTx, product_id: UUID, position: int, draft: MediaDraft) -> UUID:
    media_id = uuid7()
    content = (draft.alt, draft.source_url, draft.digest, draft.content_type)
    await tx.execute(_INSERT_MEDIA, media_id, product_id, position, *content)
    return media_id


async def place_media(tx: WriteTx, placed: Sequence[tuple[UUID, int, str]]) -> None:
    """Images by id, each with its position and alternative text."""
    await tx.execute_many("update media set position = $2, alt = $3 where id = $1", placed)


async def delete_media(tx: WriteTx, media_ids: Sequence[UUID]) -> None:
    await tx.execute("delete from media where id = any($1)", media_ids)


async def deactivate(tx: WriteTx, variant_ids: Sequence[UUID]) -> None:
    """Neither shown nor sold from now on; also what makes way for variants that exchange their option values."""
    await tx.execute("update variants set active = false where id = any($1)", variant_ids)


async def update_variant(
    tx: WriteTx, variant_id: UUID, draft: VariantDraft, position: int, media_id: UUID | None
) -> None:
    await tx.execute(_UPDATE_VARIANT, variant_id, *_columns(draft, position, media_id))


async def insert_variant(
    tx: WriteTx, product_id: UUID, draft: VariantDraft, position: int, media_id: UUID | None
) -> UUID:
    variant_id = uuid7()
    await tx.execute(_INSERT_VARIANT, variant_id, product_id, *_columns(draft, position, media_id))
    return variant_id


def _columns(draft: VariantDraft, position: int, media_id: UUID | None) -> tuple[object, ...]:
    shipped = (draft.weight_grams, draft.barcode, draft.requires_shipping, draft.taxable, media_id)
    return (draft.sku, list(draft.option_values), position, *shipped)


async def set_price(tx: WriteTx, variant_id: UUID, currency: str, amount: int, compare_at: int | None) -> bool:
    """Whether it was another one before."""
    return bool(await tx.execute(SET_PRICE, variant_id, currency, amount, compare_at))


async def insert_stock(tx: WriteTx, variant_id: UUID, draft: VariantDraft, account_id: UUID | None) -> ChangedStock:
    """The stock of a new variant."""
    on_hand = draft.quantity or 0
    await tx.execute(_INSERT_STOCK, variant_id, on_hand, draft.tracked, draft.backorder, account_id)
    return ChangedStock(variant_id, draft.sku, on_hand, 0, 1)
