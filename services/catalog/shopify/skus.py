"""An SKU for every variant, unique in the export, and the same again next time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from catalog.shopify.model import MAX_SKU, ImportedProduct, ImportedVariant
from catalog.shopify.text import digest, is_faithful, shorten, slug

if TYPE_CHECKING:
    from catalog.shopify.sheet import Sheet


def derive_sku(handle: str, values: list[str]) -> str:
    """`CHAIN-BRACELET-BLUE`; with a digest behind it where letters alone would not tell two variants apart."""
    sku = "-".join(filter(None, [handle, *map(slug, values)])).upper()
    if all(map(is_faithful, values)) and len(sku) <= MAX_SKU:
        return sku
    return _with_digest(sku, handle, values)


def assign_skus(sheet: Sheet, products: list[ImportedProduct]) -> list[ImportedProduct]:
    """The products with every SKU set. An SKU given twice stays with the first."""
    taken: dict[str, int] = {}
    given, lacking = Counter[str](), Counter[str]()
    for product in products:
        for variant in product.variants:
            given[variant.sku] += 1
            if variant.sku and variant.sku not in taken:
                taken[variant.sku] = variant.row
            else:
                lacking[derive_sku(product.handle, variant.option_values)] += 1
    finished = []
    for product in products:
        variants = [_assign(sheet, product.handle, variant, taken, lacking) for variant in product.variants]
        variants = [replace(v, shared=bool(v.given_sku) and given[v.given_sku] > 1) for v in variants]
        finished.append(replace(product, variants=variants))
    return finished


def _assign(
    sheet: Sheet, handle: str, variant: ImportedVariant, taken: dict[str, int], lacking: Counter[str]
) -> ImportedVariant:
    if variant.sku and taken[variant.sku] == variant.row:
        return variant
    sku = derive_sku(handle, variant.option_values)
    if lacking[sku] > 1 or sku in taken:
        sku = _with_digest(sku, handle, variant.option_values)
    while sku in taken:
        sku = _with_digest(sku, sku, variant.option_values)
    taken[sku] = variant.row
    column = sheet.column("sku")
    if column and not variant.sku:
        message = f"The variant has no SKU. One that is here keeps its own, a new one gets {sku}, of its option values."
        sheet.report.tally("notice", variant.row, "sku_made", message, handle=handle, column=column)
    return replace(variant, sku=sku, sku_derived=True)


def _with_digest(sku: str, handle: str, values: list[str]) -> str:
    mark = digest(handle, *(value.casefold() for value in values)).upper()
    return f"{shorten(sku, MAX_SKU - 9).rstrip('-')}-{mark}"
