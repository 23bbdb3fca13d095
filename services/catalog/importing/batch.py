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

    currency: of the prices. overwrite_stock: set the stock of stored variants too. only_new: do not change products
    whose slug or SKU is stored. remove_prices: remove the other prices of the imported products in this currency.
    account_id: the staff member who imports, if known. run_id: the run that it is a part of.
    """

    currency: str
    overwrite_stock: bool = False
    only_new: bool = False
    remove_prices: str | None = None
    account_id: UUID | None = None
    run_id: UUID | None = None


@dataclass
class ImportResult:
    """The numbers of products that were created, updated, unchanged or refused, and the findings.

    stock_set: variants whose stock was set; stock_changed: those that had another stock before. retired: variants that
    are no longer sold. prices_removed: the number of removed prices. rows: the rows of the file with content.
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
        """The number of refused rows."""
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
        """Refuse all rows of a product that are not refused yet."""
        refused = {problem.row for problem in self.result.problems if problem.severity == "refused"}
        first = next((row for row in rows if row in refused), rows[0])
        for row in sorted(set(rows) - refused):
            self.report("refused", slug, row, "product_refused", f"Its product was refused, see row {first}.")
