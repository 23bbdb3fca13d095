"""Reads products for the export, each as it is at one moment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx

# One statement, so that a product, its variants, prices and images are of the same moment. Images of the product's own
# and of no others are named by their address in this shop.
_PAGE = """
select p.id, p.slug, p.title, p.description_html, p.vendor, p.product_type, p.tags, p.options, p.tax_class, p.status,
    (select coalesce(json_agg(json_build_object(
        'sku', v.sku, 'option_values', v.option_values, 'weight_grams', v.weight_grams, 'barcode', v.barcode,
        'requires_shipping', v.requires_shipping, 'taxable', v.taxable, 'media_id', v.media_id,
        'on_hand', s.on_hand, 'tracked', s.tracked, 'backorder', s.backorder,
        'price', vp.amount, 'compare_at', vp.compare_at
     ) order by v.position, v.id), '[]')::text
     from variants v join stock s on s.variant_id = v.id
     left join variant_prices vp on vp.variant_id = v.id and vp.currency = $2
     where v.product_id = p.id and v.active) as variants,
    (select coalesce(json_agg(json_build_object(
        'id', m.id, 'source_url', m.source_url, 'alt', m.alt
     ) order by m.position), '[]')::text
     from media m where m.product_id = p.id) as media
from products p
where ($1::uuid is null or p.id > $1) and ($3::text is null or p.status = $3)
order by p.id limit $4
"""


class ExportedVariant(msgspec.Struct, frozen=True):
    """A variant that is sold; price and compare_at in the currency of the export, None: it has none in it."""

    sku: str
    option_values: list[str]
    weight_grams: int | None
    barcode: str | None
    requires_shipping: bool
    taxable: bool
    media_id: UUID | None
    on_hand: int
    tracked: bool
    backorder: bool
    price: int | None
    compare_at: int | None


class ExportedImage(msgspec.Struct, frozen=True):
    """An image of a product; `source_url` None: it was uploaded."""

    id: UUID
    source_url: str | None
    alt: str


class ExportedProduct(msgspec.Struct, frozen=True):
    """A product with its variants and images in their order."""

    id: UUID
    slug: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    tags: list[str]
    options: list[str]
    tax_class: str
    status: str
    variants: list[ExportedVariant]
    media: list[ExportedImage]


_variants = msgspec.json.Decoder(list[ExportedVariant])
_media = msgspec.json.Decoder(list[ExportedImage])


def _product(*, variants: str, media: str, **columns: Any) -> ExportedProduct:
    made = columns | {"variants": _variants.decode(variants), "media": _media.decode(media)}
    return ExportedProduct(**made)


async def page(tx: ReadTx, after: UUID | None, currency: str, status: str | None, limit: int) -> list[ExportedProduct]:
    """The next products behind one, the oldest first, so that an import makes them in their order."""
    return await tx.rows(_product, _PAGE, after, currency, status, limit)
