"""The header row: the field of each column, in both generations of Shopify's names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.importing.shopify.decoding import EXPECTED
from catalog.importing.shopify.export import MAX_COLUMNS, NotAnExport
from catalog.importing.shopify.text import clean_line

# Names in lower case with every sign as a space, so that "Compare-at price" and "Compare At Price" are one.
_NAMES: dict[str, tuple[str, ...]] = {
    "handle": ("handle", "url handle", "product handle"),
    "title": ("title", "product title"),
    "body": ("body html", "body", "description", "description html"),
    "vendor": ("vendor", "product vendor"),
    "type": ("type", "product type", "custom product type"),
    "category": ("product category", "category"),
    "tags": ("tags",),
    "tax_class": ("tax class",),
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
    # Of Shopify's inventory export.
    "location": ("location",),
    "available": ("available", "available not editable"),
    "committed": ("committed", "committed not editable"),
    "unavailable": ("unavailable", "unavailable not editable"),
    "on_hand": ("on hand", "on hand current"),
    "on_hand_new": ("on hand new",),
    # Of Matrixify's.
    "command": ("command",),
    "variant_command": ("variant command",),
    **{f"option{n}_name": (f"option{n} name",) for n in range(1, 10)},
    **{f"option{n}_value": (f"option{n} value",) for n in range(1, 10)},
}
# The last column of this shop's own export. Its letter shows that no program has changed the file's letters since.
MARK = "Mercat \u00e9"
_FIELDS = {name: field for field, names in _NAMES.items() for name in names}
# Ignored without a finding.
_SILENT = re.compile(r"(variant )?fulfillment service|option\d linked to|included .*|")
_SILENT_OF_INVENTORY = re.compile(r"hs code|coo|bin name|incoming( not editable)?")
_OTHER_FILES = (
    (("financial status", "lineitem name"), "an export of orders"),
    (("total spent", "accepts email marketing"), "an export of customers"),
    (("regular price",), "an export of WooCommerce"),
)
_OPTIONS = frozenset(f"option{n}_{part}" for n in range(1, 10) for part in ("name", "value"))
_IDENTITY = frozenset({"handle", "title", "sku", "location", "command", "variant_command"}) | _OPTIONS
_STOCK = frozenset({"quantity", "tracker", "policy", "available", "committed", "unavailable", "on_hand", "on_hand_new"})


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file.

    fields: column index -> field. names: field -> the column's name as written. width: number of columns.

    doubled: names of ignored columns, as an earlier one is for the same field. others: index -> name of columns
    that are not imported and might matter to the merchant. own: this shop wrote the file (catalog.exporting), so its
    cells are taken as they stand. chosen: fields whose column the merchant named.
    """

    fields: dict[int, str]
    names: dict[str, str]
    width: int
    doubled: list[str]
    others: dict[int, str]
    own: bool = False
    chosen: frozenset[str] = frozenset()

    @property
    def stock_only(self) -> bool:
        """Whether the file has only columns of stock."""
        given = self.names.keys() - _IDENTITY
        return bool(given & (_STOCK - {"tracker", "policy"})) and given <= _STOCK

    @property
    def by_sku(self) -> bool:
        """Whether its rows have SKUs and no products."""
        return "handle" not in self.names and "title" not in self.names


def score(cells: list[str]) -> int:
    """The number of different product fields in these cells."""
    return len({_FIELDS[key] for key in map(_key, cells) if key in _FIELDS})


def field_of(cell: str) -> str | None:
    """The field of a column of this name; None: the name says none."""
    return _FIELDS.get(_key(cell))


def read_header(cells: list[str], chosen: Mapping[int, str | None] | None = None) -> Header:
    """The columns. `chosen`: index -> field of those whose field the merchant says, None for one to ignore.

    Raises:
        NotAnExport: a file with this header can hold nothing about products; with the reason.
    """
    chosen = chosen or {}
    if len(cells) > MAX_COLUMNS:
        raise NotAnExport(f"The first row names more than {MAX_COLUMNS} columns. {EXPECTED}")
    fields: dict[int, str] = {}
    names: dict[str, str] = {}
    doubled: list[str] = []
    others: dict[int, str] = {}
    # What the merchant says goes before what the names say.
    for index, cell in sorted(enumerate(cells), key=lambda column: column[0] not in chosen):
        name, key = clean_line(cell), _key(cell)
        field = chosen[index] if index in chosen else _FIELDS.get(key)
        if field is None:
            if not _SILENT.fullmatch(key) and name != MARK and index not in chosen:
                others[index] = name
        elif field in names:
            doubled.append(name)
        else:
            fields[index], names[field] = field, name
    keys = {_key(cell) for cell in cells}
    _refuse_other_files(keys, names)
    if "location" in names:
        others = {index: name for index, name in others.items() if not _SILENT_OF_INVENTORY.fullmatch(_key(name))}
    own = any(clean_line(cell) == MARK for cell in cells)
    return Header(
        dict(sorted(fields.items())), names, len(cells), doubled, others, own, frozenset(filter(None, chosen.values()))
    )


def _refuse_other_files(keys: set[str], names: dict[str, str]) -> None:
    if "price" not in names:
        for marks, kind in _OTHER_FILES:
            if not keys.isdisjoint(marks):
                raise NotAnExport(f"This is {kind}, not a product export. {EXPECTED}")
    if names.keys().isdisjoint({"handle", "title", "sku"}):
        raise NotAnExport(f"The first row does not name a product export's columns. {EXPECTED}")
    if names.keys() <= _IDENTITY - {"title"}:
        if {"hs code", "coo"} <= keys:
            raise NotAnExport(
                "This is an inventory export with a column for each location. Rename the one to import to "
                "\u201cVariant Inventory Qty\u201d, or choose another format when you export, and import again."
            )
        raise NotAnExport(
            "The first row names products but no column about them (such as \u201cVariant Price\u201d or "
            f"\u201cVariant Inventory Qty\u201d). {EXPECTED} Do not change its first row."
        )


def _key(cell: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", clean_line(cell)[:200].casefold()).strip()
