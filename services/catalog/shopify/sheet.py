"""One uploaded file while it is being read: its rows by field, and what every step needs to know about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.shopify.report import Report

OPTION_VALUES = tuple(f"option{n}_value" for n in range(1, 10))
VARIANT_FIELDS = ("price", "sku", "barcode", "quantity", "compare_at", *OPTION_VALUES)
# What a variant's row says beside others. Alone it makes a variant of the product's first row only.
_BESIDE = ("grams", "weight", "tracker", "policy", "shipping", "taxable", "variant_image")


@dataclass(frozen=True, slots=True)
class Row:
    """number: as RowProblem.row. cells: field -> clean text, without the empty ones."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, field: str) -> str:
        """Empty for a cell or column that is not there."""
        return self.cells.get(field, "")

    def is_variant(self) -> bool:
        return any(field in self.cells for field in VARIANT_FIELDS)

    def says_of_variant(self) -> bool:
        """Whether it says anything of a variant, if it may be one."""
        return self.is_variant() or any(field in self.cells for field in _BESIDE)

    def is_image_only(self) -> bool:
        return "image" in self.cells and "title" not in self.cells and not self.says_of_variant()


@dataclass(frozen=True, slots=True)
class Sheet:
    """names: field -> column as written. decimal_comma: see amounts.parse_price. stock_only: see columns.Header."""

    report: Report
    currency: str
    names: dict[str, str]
    decimal_comma: bool
    stock_only: bool = False

    def column(self, field: str) -> str | None:
        return self.names.get(field)
