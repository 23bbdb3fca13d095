"""Splits a file's text into rows with their cells by field, numbered as a spreadsheet numbers them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from catalog.importing.model import RowProblem, Severity
from catalog.importing.shopify.columns import Header, score
from catalog.importing.shopify.decoding import EXPECTED
from catalog.importing.shopify.export import MAX_BYTES, MAX_CELL, MAX_ROWS, NotAnExport
from catalog.importing.shopify.guards import unguarded
from catalog.importing.shopify.text import clean_block, clean_line, is_unclean

# A description may be longer than the csv module's default of 128 kB; the size of the file bounds it.
# It is a setting of the whole process.
csv.field_size_limit(max(csv.field_size_limit(), MAX_BYTES + 1))

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 200_000  # characters: a header with hundreds of metafields fits
# Added as the last line: it is a separate record unless a quotation mark was not closed.
_END = "\x00\x1f\x00"
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_SEP_LINE = re.compile(r'"?sep=([,;|:\t])"?\r?\n', re.IGNORECASE)

MAX_REMARKS = 20_000  # of one file, so that memory is bounded
OPTION_VALUES = tuple(f"option{n}_value" for n in range(1, 10))
# As the API refuses them: whatever else a text has, it has it on purpose.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_OF_VARIANT = frozenset({"price", "sku", "barcode", "quantity", "compare_at", *OPTION_VALUES})
# What a variant's row says beside others. Alone it makes a variant of the product's first row only.
_BESIDE = _OF_VARIANT | {"grams", "weight", "tracker", "policy", "shipping", "taxable", "variant_image"}


@dataclass(slots=True)
class Report:
    """Each refused row is kept with its first reason; of other findings MAX_REMARKS are kept, the rest are counted."""

    _refused: dict[int, RowProblem] = field(default_factory=dict)
    _remarks: list[RowProblem] = field(default_factory=list)
    _not_kept: int = 0
    _tallies: dict[str, tuple[RowProblem, int]] = field(default_factory=dict)

    def add(self, problem: RowProblem) -> None:
        """Add a finding. Later reasons to refuse a row are consequences of the first, so they are dropped."""
        if problem.severity == "refused":
            self._refused.setdefault(problem.row, problem)
        elif len(self._remarks) < MAX_REMARKS:
            self._remarks.append(problem)
        else:
            self._not_kept += 1

    def tally(self, problem: RowProblem) -> None:
        """Add a finding that is likely in many rows: the first of each code is kept, the others are counted."""
        first, count = self._tallies.get(problem.code, (problem, 0))
        self._tallies[problem.code] = (first, count + 1)

    def is_refused(self, row: int) -> bool:
        """Whether a finding refuses the row."""
        return row in self._refused

    def refused_handles(self) -> set[str]:
        """The handles of refused rows; empty for one that names none."""
        return {problem.handle for problem in self._refused.values()}

    def finish(self) -> list[RowProblem]:
        """All findings by row."""
        return sorted([*self._refused.values(), *self._remarks, *self._counted()], key=lambda problem: problem.row)

    def _counted(self) -> Iterator[RowProblem]:
        for first, count in self._tallies.values():
            more = f" The same applies to {count - 1} more." if count > 1 else ""
            yield replace(first, message=first.message + more)
        if self._not_kept:
            message = f"{self._not_kept} more remarks are not listed. Resolve the listed ones, then import again."
            yield RowProblem(1, "", None, "remarks_not_listed", message, "notice")


@dataclass(slots=True)
class Sheet:
    """One file while it is read. decimal_comma: see amounts.parse_price. rows: how many were read. ignored: the indexes
    of columns with content that are not imported. decimal: the decimal sign, where the merchant says it.
    """

    header: Header
    currency: str
    decimal_comma: bool
    report: Report = field(default_factory=Report)
    rows: int = 0
    ignored: set[int] = field(default_factory=set)
    decimal: str | None = None

    def notice(self, code: str, message: str) -> None:
        """Report something about the whole file."""
        self.report.add(RowProblem(1, "", None, code, message, "notice"))


@dataclass(slots=True)
class Row:
    """One row of a file.

    number: as RowProblem.row. handle: its product's, as far as it is known. cells: field -> clean text, without the
    empty ones. guarded: fields whose cell this shop's export has kept from being changed by a spreadsheet.
    """

    sheet: Sheet
    number: int
    cells: dict[str, str] = field(default_factory=dict)
    handle: str = ""
    guarded: set[str] = field(default_factory=set)

    def __getitem__(self, field: str) -> str:
        """Empty for a cell or column that is not there."""
        return self.cells.get(field, "")

    def column(self, field: str) -> str | None:
        """The field's column as the file names it; None: the file has none."""
        return self.sheet.header.names.get(field)

    def is_variant(self) -> bool:
        """Whether it has what makes a row a variant: a price, an SKU, an option value, ..."""
        return not _OF_VARIANT.isdisjoint(self.cells)

    def describes_variant(self) -> bool:
        """Whether it says anything of a variant, if it may be one."""
        return not _BESIDE.isdisjoint(self.cells)

    def is_image_only(self) -> bool:
        """Whether it only adds an image to its product."""
        return "image" in self.cells and "title" not in self.cells and not self.describes_variant()

    @property
    def is_refused(self) -> bool:
        """Whether a finding refuses it."""
        return self.sheet.report.is_refused(self.number)

    def refuse(self, code: str, message: str, field: str = "") -> None:
        """Report that the row is not imported. field: the cell at fault, if it is one."""
        self.sheet.report.add(self._problem(code, message, field, "refused"))

    def change(self, code: str, message: str, field: str = "") -> None:
        """Report that a value is imported with a change."""
        self.sheet.report.add(self._problem(code, message, field, "changed"))

    def notice(self, code: str, message: str, field: str = "") -> None:
        """Report something the merchant should know; the value is imported unchanged."""
        self.sheet.report.add(self._problem(code, message, field, "notice"))

    def tally(self, severity: Severity, code: str, message: str, field: str = "") -> None:
        """Report once for the whole file, with the number of the other rows."""
        self.sheet.report.tally(self._problem(code, message, field, severity))

    def _problem(self, code: str, message: str, field: str, severity: Severity) -> RowProblem:
        return RowProblem(self.number, self.handle, self.column(field), code, message, severity)


def read_records(text: str, said: str | None = None) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """The delimiter, and all records with content by their number, the header first. `said`: the delimiter, where the
    merchant says it.

    Raises:
        NotAnExport: no header is found. At a record past MAX_ROWS: there are too many.
    """
    marked = _SEP_LINE.match(text)  # Excel's separator line, which it does not show as a row
    if marked:
        text = text[marked.end() :]
    delimiter = said or _delimiter(text[:HEADER_WITHIN], (marked.group(1),) if marked else ())
    return delimiter, _records(text, delimiter)


def _delimiter(head: str, hints: tuple[str, ...]) -> str:
    candidates = [*hints, *DELIMITERS]
    scored = [(score(next(_records(head, d), (1, []))[1]), -n, d) for n, d in enumerate(candidates)]
    best, _, delimiter = max(scored)
    if best == 0:
        raise NotAnExport(f"The first row does not name a product export's columns. {EXPECTED}")
    return delimiter


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    rows = 0
    for number, cells in enumerate(csv.reader(_lines(text), delimiter=delimiter), start=1):
        if cells == [_END] or not any(cell and not cell.isspace() for cell in cells):
            continue
        rows += 1
        if rows > MAX_ROWS:
            raise NotAnExport(f"The file has more than {MAX_ROWS} rows. Export the products in several parts.")
        yield number, cells


def _lines(text: str) -> Iterator[str]:
    """With their ends, and _END behind them. (StringIO would hold the text again, at four bytes a character.)"""
    for line in _LINE.finditer(text):
        yield line.group()
    yield _END


def read_row(sheet: Sheet, number: int, cells: list[str]) -> Row:
    """The record's cells by field. It may be refused for its shape; then it is empty."""
    sheet.rows += 1
    row, width = Row(sheet, number), sheet.header.width
    if cells[-1].endswith(_END):
        message = (
            "A quotation mark in this row is never closed, so the rows after it cannot be read. Close it (or write it "
            "twice inside a text) and import again."
        )
        row.refuse("unclosed_quotation_mark", message)
    elif any(cell.strip() for cell in cells[width:]):
        message = (
            f"The row has {len(cells)} cells and the header {width}, so values may be in the wrong columns. "
            "Put texts that contain the delimiter in quotation marks and import again."
        )
        row.refuse("too_many_cells", message)
    else:
        _fill(row, cells)
    return row


def _without_guard(row: Row, name: str, raw: str) -> str:
    """The cell as it was before this shop's export put an apostrophe before it."""
    whole = unguarded(raw)
    if whole != raw:
        row.guarded.add(name)
    return whole


def _fill(row: Row, cells: list[str]) -> None:
    header = row.sheet.header
    for index, name in header.fields.items():
        raw = cells[index] if index < len(cells) else ""
        if header.own:
            raw = _without_guard(row, name, raw)
        text = clean_block(raw) if name == "body" else clean_line(raw[:MAX_CELL])
        if header.own and name != "body" and raw and len(raw) <= MAX_CELL and not _CONTROL.search(raw):
            text = raw
        if text:
            row.cells[name] = text
        if header.own and text == raw:
            continue
        if not raw.isprintable() and is_unclean(raw):
            message = "Invisible control characters were removed from the text."
            row.tally("changed", "control_characters", message, name)
    if len(cells) < header.width:
        message = f"The row has fewer cells ({len(cells)}) than the header; the missing ones count as empty."
        row.tally("notice", "short_row", message)
