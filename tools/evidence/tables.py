"""The tables of a Markdown page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_RULE = re.compile(r"\|?[\s:|-]*-[\s:|-]*\|?")
_BAR = re.compile(r"(?<!\\)\|")


class Row(NamedTuple):
    """A row of a table: its line in the page, and its cells by the heading of their column, in small letters."""

    line: int
    cells: dict[str, str]


def rows(text: str) -> Iterator[Row]:
    """The rows of all tables outside of code blocks. A row that is too short lacks its last cells."""
    heads: list[str] = []
    before, fenced = "", False
    for number, line in enumerate(text.splitlines(), start=1):
        fenced ^= line.startswith("```")
        if fenced or not line.startswith("|"):
            heads, before = [], ""
        elif not heads and before and _RULE.fullmatch(line):
            heads = [cell.lower() for cell in _cells(before)]
        elif heads:
            yield Row(number, dict(zip(heads, _cells(line), strict=False)))
        else:
            before = line


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _BAR.split(line.strip().removeprefix("|").removesuffix("|"))]
