"""Reads an uploaded file to an Export: decode, split into rows, group by handle, make products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from catalog.importing.model import ProductDraft
from catalog.importing.shopify.columns import read_header
from catalog.importing.shopify.decoding import EXPECTED, decode
from catalog.importing.shopify.export import Export, NotAnExport
from catalog.importing.shopify.grouping import group_rows, with_handles
from catalog.importing.shopify.products import read_product
from catalog.importing.shopify.rows import Sheet, read_records
from catalog.importing.shopify.skus import derive_skus
from catalog.importing.shopify.variants import read_lines
from chassis.values import sellable


@dataclass(frozen=True, slots=True)
class Layout:
    """What the merchant says of a file. columns: index -> field, None for a column to ignore; one that is not named is
    known by its name. delimiter and decimal (the decimal sign): None: found out.
    """

    columns: Mapping[int, str | None] = field(default_factory=dict)
    delimiter: str | None = None
    decimal: str | None = None


def read_export(data: bytes, *, currency: str, encoding: str | None = None, layout: Layout | None = None) -> Export:
    """Products and findings of a Shopify product export, or of another file whose `layout` the merchant says; prices
    are taken to be in `currency` (ISO 4217).

    encoding: what the merchant says that the file is written in; None: it is found out.

    The same bytes always make the same Export, and handles and derived SKUs depend on their own rows only, so an
    import may be repeated. Raises NotAnExport when the file cannot be read (UnclearEncoding where it can be
    read in several ways), ValueError for an unknown currency. Memory is bounded by MAX_BYTES and MAX_ROWS.
    """
    if not sellable(currency):
        raise ValueError(f"{currency!r} is no supported currency: use an ISO 4217 code, such as EUR")
    text, note = decode(data, encoding)
    layout = layout or Layout()
    delimiter, records = read_records(text, layout.delimiter)
    _, header = next(records)
    columns = read_header(header, layout.columns)
    sheet = Sheet(columns, currency, decimal_comma=delimiter == ";", decimal=layout.decimal)
    if note:
        sheet.notice("encoding", note)
    groups = group_rows(sheet, records)
    if not sheet.rows:
        raise NotAnExport(f"The file has a header but no products. {EXPECTED}")
    products, lines = [], []
    if sheet.header.by_sku:
        lines = read_lines([row for rows in groups.values() for row in rows])
    else:
        products = [product for rows in with_handles(groups) if (product := read_product(rows))]
        products = _complete(sheet, derive_skus(sheet, products))
    return Export(products, sheet.report.finish(), sheet.rows, lines, sheet.header.stock_only)


def _complete(sheet: Sheet, products: list[ProductDraft]) -> list[ProductDraft]:
    """The products, those with a refused row no longer `whole`."""
    damaged = sheet.report.refused_handles()
    # A row without a product may belong to any of them.
    lost = "" in damaged
    return [
        replace(product, whole=False) if product.whole and (lost or product.slug in damaged) else product
        for product in products
    ]
