"""Compares what was printed with what a page shows of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

ANYTHING = "..."


def missing(expected: Iterable[tuple[int, str]], printed: str) -> tuple[int, str] | None:
    """The first expected line, with its number, that no printed line holds after those that held the lines before it.

    `...` in a line stands for anything in it; a line of `...` alone stands for any lines. Spaces count as one.
    """
    lines = iter([_plain(line) for line in printed.splitlines()])
    for number, line in expected:
        pattern = re.compile(".*?".join(re.escape(part.strip()) for part in _plain(line).split(ANYTHING)))
        if line.strip() != ANYTHING and not any(pattern.search(each) for each in lines):
            return number, line
    return None


def _plain(line: str) -> str:
    return " ".join(line.split())
