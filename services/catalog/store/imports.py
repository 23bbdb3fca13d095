"""What an import reads and writes. One import at a time holds the catalog, for the length of one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from catalog.domain.products import MediaDraft, MediaState, ProductDraft, ProductState, VariantDraft, VariantState
from catalog.store import pictures
from catalog.store.prices import SET_PRICE
from chassis.db import WriteTx
from chassis.ids import uuid7

S = TypeVar("S", "_Media", "_Variant")

_LOCK = 0x6361746C  # any constant; importers queue by it, so that no two of them make the same product

_PRODUCTS = """
select id, slug, title, description_html, vendor, product_type, tags, options, status
from products where slug = any($1) order by slug for no key update
"""
_MEDIA = """
select id, product_id, coalesce(source_url, digest) as key, position, alt
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
        texts = (self.title, self.description_html, self.vendor, self.product_type)
        fields = (*texts, self.tags, self.options, self.status)
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


class Writes:
    """What is to be written below many products: gathered, so that each kind is one round trip for all of them."""

    def __init__(self, currency: str, account_id: UUID | None) -> None:
        self._currency = currency
        self._account_id = account_id
        self._steps: dict[str, list[tuple[Any, ...]]] = {sql: [] for sql in self._ORDER}
        self._to_fetch: list[str] = []

    # Images before the variants that show them; variants step aside before they exchange their option values.
    _GONE_MEDIA = "delete from media where id = $1"
    _MOVE_MEDIA = "update media set position = $2, alt = $3 where id = $1"
    _DEACTIVATE = "update variants set active = false where id = $1"
    _ORDER = (
        *(_GONE_MEDIA, _MOVE_MEDIA, _INSERT_MEDIA, _DEACTIVATE, _UPDATE_VARIANT, _INSERT_VARIANT),
        *(SET_PRICE, _INSERT_STOCK),
    )

    async def run(self, tx: WriteTx) -> None:
        """Write all of it."""
        for sql, rows in self._steps.items():
            if rows:
                await tx.execute_many(sql, rows)
        if self._to_fetch:
            await pictures.enqueue(tx, self._to_fetch)

    def new_media(self, product_id: UUID, position: int, draft: MediaDraft) -> UUID:
        """The id it will have."""
        media_id = uuid7()
        content = (draft.alt, draft.source_url, draft.digest, draft.content_type)
        self._steps[_INSERT_MEDIA].append((media_id, product_id, position, *content))
        if draft.source_url and not draft.digest:
            self._to_fetch.append(draft.source_url)
        return media_id

    def move_media(self, media_id: UUID, position: int, alt: str) -> None:
        self._steps[self._MOVE_MEDIA].append((media_id, position, alt))

    def delete_media(self, media_id: UUID) -> None:
        self._steps[self._GONE_MEDIA].append((media_id,))

    def deactivate(self, variant_id: UUID) -> None:
        """Neither shown nor sold from now on, unless it is updated too."""
        self._steps[self._DEACTIVATE].append((variant_id,))

    def update_variant(self, variant_id: UUID, draft: VariantDraft, position: int, media_id: UUID | None) -> None:
        self._steps[_UPDATE_VARIANT].append((variant_id, *_columns(draft, position, media_id)))

    def new_variant(self, product_id: UUID, draft: VariantDraft, position: int, media_id: UUID | None) -> None:
        """With its price and its stock."""
        variant_id = uuid7()
        self._steps[_INSERT_VARIANT].append((variant_id, product_id, *_columns(draft, position, media_id)))
        self.price(variant_id, draft)
        counted = (draft.quantity or 0, draft.tracked, draft.backorder)
        self._steps[_INSERT_STOCK].append((variant_id, *counted, self._account_id))

    def price(self, variant_id: UUID, draft: VariantDraft) -> None:
        self._steps[SET_PRICE].append((variant_id, self._currency, draft.price, draft.compare_at))


def _columns(draft: VariantDraft, position: int, media_id: UUID | None) -> tuple[object, ...]:
    shipped = (draft.weight_grams, draft.barcode, draft.requires_shipping, draft.taxable, media_id)
    return (draft.sku, list(draft.option_values), position, *shipped)
