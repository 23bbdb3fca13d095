"""Cells of this shop's own export: guarded against spreadsheets, and as they were."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from chassis.values import is_formula

# What a spreadsheet takes for a number, and writes otherwise when the file is saved.
_NUMBER = re.compile(r"[0-9][0-9.,]*([eE][+-]?[0-9]*)?")
_GUARD = "'"


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would run, and before an apostrophe: one is always taken
    off again.
    """
    return f"{_GUARD}{cell}" if cell.startswith(_GUARD) or is_formula(cell) else cell


def guarded_code(cell: str) -> str:
    """The same for an SKU or a barcode, also before what a spreadsheet would take for a number."""
    return f"{_GUARD}{cell}" if _NUMBER.fullmatch(cell) else guarded(cell)


def unguarded(cell: str) -> str:
    """What was given to `guarded` or `guarded_code`."""
    return cell.removeprefix(_GUARD)


def joined(tags: Sequence[str]) -> str:
    """Tags as one cell; one with a comma or a quotation mark stands in quotation marks."""
    file = io.StringIO()
    csv.writer(file, lineterminator="").writerow(tags)
    return file.getvalue()


def split(cell: str) -> list[str]:
    """The tags of `joined`."""
    return [text for tag in next(csv.reader([cell]), []) if (text := tag.strip())]
