"""Derives SKUs for variants without one: unique in the export, and the same in each import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from catalog.importing.model import ProductDraft, VariantDraft
from catalog.importing.shopify.export import MAX_SKU
from catalog.importing.shopify.rows import Row, Sheet
from catalog.importing.shopify.text import digest, is_faithful, shorten, slug


def derive_sku(handle: str, values: Sequence[str]) -> str:
    """`CHAIN-BRACELET-BLUE`; with a digest behind it where letters alone would not tell two variants apart."""
    sku = "-".join(filter(None, [handle, *map(slug, values)])).upper()
    if all(map(is_faithful, values)) and len(sku) <= MAX_SKU:
        return sku
    return _with_digest(sku, handle, values)


def derive_skus(sheet: Sheet, products: list[ProductDraft]) -> list[ProductDraft]:
    """The products with `derived_sku` and `shared` of each variant set. An SKU given twice stays with the first."""
    given, taken, lacking = Counter[str](), dict[str, int](), Counter[str]()
    for product in products:
        for variant in product.variants:
            given[variant.sku] += 1
            if not variant.sku or taken.setdefault(variant.sku, variant.row) != variant.row:
                lacking[derive_sku(product.slug, variant.option_values)] += 1

    def complete(product: ProductDraft, variant: VariantDraft) -> VariantDraft:
        sku = derive_sku(product.slug, variant.option_values)
        if taken.get(variant.sku) != variant.row:
            sku = _free(sku, product.slug, variant, taken, lacking)
            if not variant.sku:
                _report(Row(sheet, variant.row, handle=product.slug), sku)
        return replace(variant, derived_sku=sku, shared=bool(variant.sku) and given[variant.sku] > 1)

    return [replace(p, variants=tuple(complete(p, variant) for variant in p.variants)) for p in products]


def _free(sku: str, handle: str, variant: VariantDraft, taken: dict[str, int], lacking: Counter[str]) -> str:
    """The SKU, with a digest where another variant has it or would get it."""
    if lacking[sku] > 1 or sku in taken:
        sku = _with_digest(sku, handle, variant.option_values)
    while sku in taken:
        sku = _with_digest(sku, sku, variant.option_values)
    taken[sku] = variant.row
    return sku


def _report(row: Row, sku: str) -> None:
    if row.column("sku"):
        message = (
            f"The variant has no SKU. An existing one keeps its SKU; a new one gets {sku}, from its option values."
        )
        row.tally("notice", "sku_made", message, "sku")


def _with_digest(sku: str, handle: str, values: Sequence[str]) -> str:
    mark = digest(handle, *(value.casefold() for value in values)).upper()
    return f"{shorten(sku, MAX_SKU - 9).rstrip('-')}-{mark}"
