"""From text to records, numbered as a spreadsheet numbers its rows."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.shopify.columns import score
from catalog.shopify.decoding import EXPECTED
from catalog.shopify.model import MAX_BYTES, MAX_ROWS, NotAnExport

if TYPE_CHECKING:
    from collections.abc import Iterator

# A description may be longer than the csv module's default of 128 kB; the size of the file bounds it.
# This is a setting of the whole process, so it is made once and never lowered.
csv.field_size_limit(max(csv.field_size_limit(), MAX_BYTES + 1))

_DELIMITERS = (",", ";", "\t", "|")
_HEADER_WITHIN = 200_000  # characters: a header with hundreds of metafields fits
# A last line of our own: it stands alone unless a quotation mark before it was never closed.
_END = "\x00\x1f\x00"
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_SEP_LINE = re.compile(r'"?sep=([,;|:\t])"?\r?\n', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """number: as RowProblem.row. unclosed: a quotation mark was opened and the file ended before it closed."""

    number: int
    cells: list[str]
    unclosed: bool = False


def open_sheet(text: str) -> tuple[str, Iterator[Record]]:
    """The delimiter and all records with content, the header first. Raises NotAnExport when no header is found."""
    marked = _SEP_LINE.match(text)  # Excel's own hint, which it does not show as a row
    if marked:
        text = text[marked.end() :]
    delimiter = _choose(text, (marked.group(1),) if marked else ())
    return delimiter, _records(text, delimiter)


def _choose(text: str, hints: tuple[str, ...]) -> str:
    head = text[:_HEADER_WITHIN]
    candidates = [*hints, *_DELIMITERS]
    scored = [(score(_first(head, d)), -n, d) for n, d in enumerate(candidates)]
    best, _, delimiter = max(scored)
    if best == 0:
        raise NotAnExport(f"The first row does not name a product export's columns. {EXPECTED}")
    return delimiter


def _first(head: str, delimiter: str) -> list[str]:
    return next((record.cells for record in _records(head, delimiter)), [])


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Raises NotAnExport past MAX_ROWS rows with content."""
    rows = 0
    for number, cells in enumerate(csv.reader(_lines(text), delimiter=delimiter), start=1):
        if cells == [_END] or not any(cell and not cell.isspace() for cell in cells):
            continue
        rows += 1
        if rows > MAX_ROWS:
            raise NotAnExport(f"The file has more than {MAX_ROWS} rows. Export the products in several parts.")
        yield Record(number, cells, unclosed=cells[-1].endswith(_END))


def _lines(text: str) -> Iterator[str]:
    """With their ends, and _END behind them. (StringIO would hold the text again, at four bytes a character.)"""
    for line in _LINE.finditer(text):
        yield line.group()
    yield _END
