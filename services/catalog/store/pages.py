"""What shoppers read of one product, of the stock and of the categories. Amounts in minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from catalog.domain.products import ProductStatus
from catalog.domain.stock import Countable, StockLevel
from catalog.store.prices import AMOUNT, COMPARE_AT, ON_SALE
from chassis.db import ReadTx

# Of a variant v with its stock s: the fields of Variant but for its prices.
_VARIANT_FIELDS = """
v.id, v.sku, v.option_values, v.weight_grams, v.barcode, v.requires_shipping, v.media_id,
v.active, s.on_hand, s.reserved, s.tracked, s.backorder
"""
# What staff have set, and what it costs at this moment.
_OWN_PRICES = """(
    select coalesce(json_agg(json_build_array(currency, amount, compare_at) order by currency), '[]')
    from variant_prices where variant_id = v.id
) as prices"""
_PRICES_NOW = f"""(
    select coalesce(json_agg(json_build_array(vp.currency, {AMOUNT}, {COMPARE_AT}) order by vp.currency), '[]')
    from variant_prices vp {ON_SALE} where vp.variant_id = v.id
) as prices"""
_VARIANT = f"""
select row_to_json(found)::text from (
    select {_VARIANT_FIELDS}, {_OWN_PRICES} from variants v join stock s on s.variant_id = v.id where v.id = $1
) as found
"""


def _of_product(prices: str) -> str:
    """In one statement: each is a round trip."""
    return f"""
select p.id, p.slug, p.title, p.description_html, p.vendor, p.product_type, p.tags, p.options, p.status, p.tax_class,
       p.seo_title, p.seo_description, p.version, p.created_at, p.updated_at, (
           select coalesce(json_agg(v), '[]')::text from (
               select {_VARIANT_FIELDS}, {prices}
               from variants v join stock s on s.variant_id = v.id
               where v.product_id = p.id order by v.position, v.id
           ) as v
       ) as variants, (
           select coalesce(json_agg(m), '[]')::text from (
               select id, alt, source_url, width, height, widths from media where product_id = p.id order by position
           ) as m
       ) as images
from products p where p.slug = $1
"""


_PRODUCT, _PRODUCT_NOW = _of_product(_OWN_PRICES), _of_product(_PRICES_NOW)
_CATEGORIES = """
select product_type as type, count(*) as products
from products p join product_prices pp on pp.product_id = p.id and pp.currency = $1
where status = 'active' and product_type <> ''
group by product_type order by product_type
"""
_STOCK = """
select v.sku, v.id as variant_id, s.on_hand, s.reserved, s.tracked, s.backorder
from variants v join products p on p.id = v.product_id join stock s on s.variant_id = v.id
where v.active and p.status = 'active'
"""
_FILE = "select digest, content_type, widths from media where id = $1"


class Variant(Countable, msgspec.Struct, frozen=True):
    """A variant with its stock; `prices` are (currency, amount, compare_at)."""

    id: UUID
    sku: str
    option_values: list[str]
    weight_grams: int | None
    barcode: str | None
    requires_shipping: bool
    media_id: UUID | None
    active: bool
    on_hand: int
    reserved: int
    tracked: bool
    backorder: bool
    prices: list[tuple[str, int, int | None]]


class Media(msgspec.Struct, frozen=True):
    """An image of a product; `widths` those that it is kept in, of which the last has this width and height."""

    id: UUID
    alt: str
    source_url: str | None
    width: int | None
    height: int | None
    widths: list[int] | None


@dataclass(frozen=True, slots=True)
class Product:
    """A product in whatever status, with all its variants, those that left it too, and its images, in their order."""

    id: UUID
    slug: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    tags: list[str]
    options: list[str]
    status: ProductStatus
    tax_class: str
    seo_title: str
    seo_description: str
    version: int
    created_at: datetime
    updated_at: datetime
    variants: list[Variant]
    images: list[Media]


@dataclass(frozen=True, slots=True)
class Category:
    """A product type and how many products of it are shown."""

    type: str
    products: int


@dataclass(frozen=True, slots=True)
class File:
    """Where an image's content is; null while it is known by its address alone. `widths`: see Media."""

    digest: str | None
    content_type: str | None
    widths: list[int] | None


async def product(tx: ReadTx, slug: str) -> Product | None:
    """A product in whatever status, with the prices that staff have set."""
    return await tx.row(_product, _PRODUCT, slug)


async def product_now(tx: ReadTx, slug: str) -> Product | None:
    """The same with what each variant costs at this moment, in a sale too."""
    return await tx.row(_product, _PRODUCT_NOW, slug)


async def variant(tx: ReadTx, variant_id: UUID) -> Variant:
    """A variant that is there, whether or not it is sold."""
    return _A_VARIANT.decode(await tx.value(_VARIANT, variant_id))


def _product(variants: str, images: str, **own: Any) -> Product:
    return Product(variants=_VARIANTS.decode(variants), images=_IMAGES.decode(images), **own)


_A_VARIANT = msgspec.json.Decoder(Variant)
_VARIANTS = msgspec.json.Decoder(list[Variant])
_IMAGES = msgspec.json.Decoder(list[Media])


async def categories(tx: ReadTx, currency: str) -> list[Category]:
    """In the order of their names."""
    return await tx.rows(Category, _CATEGORIES, currency)


async def stock_of_skus(tx: ReadTx, skus: Sequence[str]) -> list[StockLevel]:
    """Those of the SKUs that are shown."""
    return await tx.rows(StockLevel, f"{_STOCK} and v.sku = any($1) order by v.sku", skus)


async def stock_of_product(tx: ReadTx, slug: str) -> list[StockLevel]:
    """All variants that are shown; none if the product is not."""
    return await tx.rows(StockLevel, f"{_STOCK} and p.slug = $1 order by v.position, v.id", slug)


async def file(tx: ReadTx, media_id: UUID) -> File | None:
    """None: there is no such image."""
    return await tx.row(File, _FILE, media_id)
