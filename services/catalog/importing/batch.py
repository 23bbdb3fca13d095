"""The options and the result of an import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from catalog.importing.model import RowProblem, Severity

OUTCOMES = ("created", "updated", "unchanged", "refused")
COUNTS = (*OUTCOMES, "stock_set", "stock_changed", "retired", "prices_removed")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The options of an import.

    currency: of the prices. overwrite_stock: also of variants that are stored. only_new: products that are stored, or
    whose SKU is, are left as they are. remove_prices: a currency whose prices the products in the import lose, but for
    those it sets. account_id: that of the staff member who imports, if known.
    """

    currency: str
    overwrite_stock: bool = False
    only_new: bool = False
    remove_prices: str | None = None
    account_id: UUID | None = None


@dataclass
class ImportResult:
    """How many products were created, updated, unchanged or refused, and the findings.

    stock_set: variants whose stock the import gives, where it is to set it; stock_changed: those that had another.
    retired: variants that are no longer sold. prices_removed: prices that are no more. rows: of the file, with content.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    stock_set: int = 0
    stock_changed: int = 0
    retired: int = 0
    prices_removed: int = 0
    rows: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        """How many findings refuse a row."""
        return sum(problem.severity == "refused" for problem in self.problems)

    def add(self, other: ImportResult) -> None:
        """Add the counts and findings of another part of the import."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.problems += other.problems


@dataclass
class Batch:
    """One transaction of an import: its options, and its result so far."""

    options: ImportOptions
    result: ImportResult = field(default_factory=ImportResult)

    def report(
        self, severity: Severity, slug: str, row: int, code: str, message: str, *, column: str | None = None
    ) -> None:
        """Add a finding about a row of the product `slug`; column: as Shopify names it."""
        self.result.problems.append(RowProblem(row, slug, column, code, message, severity))

    def refuse_rest(self, slug: str, rows: Sequence[int]) -> None:
        """Refuse those of a product's rows that are not refused yet."""
        refused = {problem.row for problem in self.result.problems if problem.severity == "refused"}
        first = next((row for row in rows if row in refused), rows[0])
        for row in sorted(set(rows) - refused):
            self.report(
                "refused", slug, row, "product_refused", f"The row was left out with its product; see row {first}."
            )
