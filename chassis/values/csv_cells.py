"""Cells of CSV files that people open in a spreadsheet."""

from __future__ import annotations

# A spreadsheet takes what begins so for a formula. Full-width signs are the plain ones to some of them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run it."""
    return cell.startswith(_FORMULA)


def defused(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if is_formula(cell) else cell
