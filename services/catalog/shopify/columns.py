"""The header row: which column holds what, in both generations of Shopify's names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.shopify.decoding import EXPECTED
from catalog.shopify.model import MAX_COLUMNS, NotAnExport
from catalog.shopify.text import clean_line, quoted

# Names in lower case with every sign as a space, so that "Compare-at price" and "Compare At Price" are one.
_NAMES: dict[str, tuple[str, ...]] = {
    "handle": ("handle", "url handle", "product handle"),
    "title": ("title", "product title"),
    "body": ("body html", "body", "description", "description html"),
    "vendor": ("vendor", "product vendor"),
    "type": ("type", "product type", "custom product type"),
    "category": ("product category", "category"),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "gift_card": ("gift card",),
    "sku": ("variant sku", "sku"),
    "barcode": ("variant barcode", "barcode", "variant barcodes", "barcodes"),
    "price": ("variant price", "price"),
    "compare_at": ("variant compare at price", "compare at price"),
    "grams": ("variant grams", "weight value grams", "grams"),
    "weight": ("variant weight", "weight"),
    "weight_unit": ("variant weight unit", "weight unit for display", "weight unit"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "quantity": ("variant inventory qty", "variant inventory quantity", "inventory quantity", "inventory qty"),
    "policy": ("variant inventory policy", "inventory policy", "continue selling when out of stock"),
    "shipping": ("variant requires shipping", "requires shipping"),
    "taxable": ("variant taxable", "charge tax", "taxable"),
    "image": ("image src", "product image url", "image url", "image"),
    "image_position": ("image position",),
    "image_alt": ("image alt text", "image alt"),
    "variant_image": ("variant image", "variant image url"),
    **{f"option{n}_name": (f"option{n} name",) for n in range(1, 10)},
    **{f"option{n}_value": (f"option{n} value",) for n in range(1, 10)},
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names}
# Left aside without a word: they say nothing about the goods.
_SILENT = re.compile(r"(variant )?fulfillment service|option\d linked to|included .*|")
_OTHER_FILES = (
    (("coo", "hs code"), "an inventory export"),
    (("on hand", "on hand current", "on hand new"), "an inventory export"),
    (("financial status", "lineitem name"), "an export of orders"),
    (("total spent", "accepts email marketing"), "an export of customers"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """fields: column index -> field. names: field -> the column's name as written. width: number of columns.

    doubled: names of columns left aside because an earlier one holds the same. others: index -> name of columns
    that are not imported and might matter to the merchant.
    """

    fields: dict[int, str]
    names: dict[str, str]
    width: int
    doubled: list[str]
    others: dict[int, str]


def score(cells: list[str]) -> int:
    """How many different product fields these cells name."""
    return len({_FIELDS[key] for key in map(_key, cells) if key in _FIELDS})


def read_header(cells: list[str]) -> Header:
    """Raises NotAnExport, with the reason, when a file with this header cannot hold products with prices."""
    if len(cells) > MAX_COLUMNS:
        raise NotAnExport(f"The first row names more than {MAX_COLUMNS} columns. {EXPECTED}")
    fields: dict[int, str] = {}
    names: dict[str, str] = {}
    doubled: list[str] = []
    others: dict[int, str] = {}
    for index, cell in enumerate(cells):
        name, key = clean_line(cell), _key(cell)
        field = _FIELDS.get(key)
        if field is None:
            if not _SILENT.fullmatch(key):
                others[index] = name
        elif field in names:
            doubled.append(name)
        else:
            fields[index], names[field] = field, name
    _refuse_other_files({_key(cell) for cell in cells}, names)
    return Header(fields, names, len(cells), doubled, others)


def _refuse_other_files(keys: set[str], names: dict[str, str]) -> None:
    if "price" not in names:
        for marks, kind in _OTHER_FILES:
            if not keys.isdisjoint(marks):
                raise NotAnExport(f"This is {kind}, not a product export. {EXPECTED}")
    missing = [wanted for field, wanted in (("title", "Title"), ("price", "Variant Price")) if field not in names]
    if len(missing) == 2 and "handle" not in names:
        raise NotAnExport(f"The first row does not name a product export's columns. {EXPECTED}")
    if missing:
        raise NotAnExport(
            f"The column {quoted(missing[0])} is missing from the first row. {EXPECTED} Leave its first row as it is."
        )


def _key(cell: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", clean_line(cell)[:200].casefold()).strip()
