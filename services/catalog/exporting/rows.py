"""The rows of the export: Shopify's columns, and the mark by which an import knows that the file is this shop's own.

What an import reads of a row is what is stored: see importing/shopify (`Header.own`).
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from catalog.exporting.store import ExportedImage, ExportedProduct, ExportedVariant
from catalog.importing import MARK, guarded, guarded_code, joined
from chassis.values import Money

_OF_PRODUCT = ("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Tax Class", "Status")
_OPTIONS = tuple(f"Option{n} {part}" for n in (1, 2, 3) for part in ("Name", "Value"))
_OF_VARIANT = (
    *("Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty"),
    *("Variant Inventory Policy", "Variant Price", "Variant Compare At Price", "Variant Requires Shipping"),
    *("Variant Taxable", "Variant Barcode", "Variant Image"),
)
HEADER = [*_OF_PRODUCT, *_OPTIONS, *_OF_VARIANT, "Image Src", "Image Alt Text", MARK]
# Which columns there are and what they mean.
_FORM = "1"
_TRACKER = "mercat"
Cells = list[str]


def rows_of(product: ExportedProduct, currency: str, address: str) -> Iterator[Cells]:
    """The rows of a product: the first has its own fields, each a variant and an image. `address`: of the shop."""
    urls = {image.id: image.source_url or f"{address}/api/v1/media/{image.id}" for image in product.media}
    for place in range(max(len(product.variants), len(product.media), 1)):
        first = place == 0
        own = _own(product) if first else [product.slug, *[""] * (len(_OF_PRODUCT) - 1)]
        variant = product.variants[place] if place < len(product.variants) else None
        names = product.options if first else []
        cells = [*own, *_options(names, variant), *_variant(variant, currency)]
        shown = urls[variant.media_id] if variant and variant.media_id else ""
        yield [*cells, shown, *_image(product.media, place, urls), _FORM]


def _own(product: ExportedProduct) -> Cells:
    texts = (product.title, product.description_html, product.vendor, product.product_type, joined(product.tags))
    return [product.slug, *map(guarded, texts), product.tax_class, product.status]


def _options(names: list[str], variant: ExportedVariant | None) -> Iterator[str]:
    values = variant.option_values if variant else []
    for place in range(3):
        yield guarded(names[place]) if place < len(names) else ""
        yield guarded(values[place]) if place < len(values) else ""


def _variant(variant: ExportedVariant | None, currency: str) -> Cells:
    """Without its image, which is the last of _OF_VARIANT."""
    if variant is None:
        return [""] * (len(_OF_VARIANT) - 1)
    return [
        guarded_code(variant.sku),
        "" if variant.weight_grams is None else str(variant.weight_grams),
        _TRACKER if variant.tracked else "",
        str(variant.on_hand) if variant.tracked else "",
        "continue" if variant.backorder else "deny",
        _amount(variant.price, currency),
        _amount(variant.compare_at, currency),
        _flag(variant.requires_shipping),
        _flag(variant.taxable),
        guarded_code(variant.barcode or ""),
    ]


def _image(media: list[ExportedImage], place: int, urls: dict[UUID, str]) -> Cells:
    return [urls[media[place].id], guarded(media[place].alt)] if place < len(media) else ["", ""]


def _flag(value: bool) -> str:  # noqa: FBT001 -- the value of a cell
    return "TRUE" if value else "FALSE"


def _amount(amount: int | None, currency: str) -> str:
    return "" if amount is None else str(Money(amount, currency)).partition(" ")[0]
