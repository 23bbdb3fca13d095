"""The references of an evidence cell, and complaints about those that show nothing.

A cell has one or more, separated by `<br>`: a test, a command or a path in backticks, after which words may follow; or
`not yet: what is missing`. docs/compliance/controls/README.md says it to those who write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tools.evidence import commands, tables, tests_named
from tools.gates import tree

TEST, COMMAND, PATH, MISSING, UNREADABLE = "test", "command", "path", "missing", "unreadable"
COLUMN = "evidence"
# States of a claim, where its table has a column `state`.
SHOWN = {"met", "partly"}
STATES = ("met", "partly", "not met", "not applicable")
_NOT_YET = re.compile(r"not yet: \S")
_CODE = re.compile(r"`([^`]+)`(.*)")
_COMMAND = re.compile(r"make |(?:\.venv/bin/)?mercat |(?:\.venv/bin/)?python3? -m |\.ci/run$")
_TEST = re.compile(r".*::.*|(?:.*/)?test_\w+\.py|.*/tests(?:/\w+)*/?")


class Reference(NamedTuple):
    """One piece of evidence. `text`: what is in backticks, or what is missing; `words`: what follows it."""

    kind: str
    text: str
    words: str = ""


def references(cell: str) -> list[Reference]:
    """What an evidence cell names, in its order."""
    return [_read(piece.strip()) for piece in cell.split("<br>") if piece.strip()]


def _read(piece: str) -> Reference:
    if piece.startswith("not yet:"):
        return Reference(MISSING if _NOT_YET.match(piece) else UNREADABLE, piece)
    found = _CODE.fullmatch(piece)
    if found is None:
        return Reference(UNREADABLE, piece)
    text, words = found[1].strip(), found[2].strip()
    if _COMMAND.match(text):
        return Reference(COMMAND, text, words)
    return Reference(TEST if _TEST.fullmatch(text) else PATH, text, words)


def complaints(root: Path, *pages: Path) -> list[str]:
    """What is wrong with the evidence of pages, one line each: `page:line: what, and what to do`."""
    here = _Here(root, tree.files(root))
    return [told for page in pages for told in _of_page(here, page)]


class _Here(NamedTuple):
    """A checkout, and the files that git has there."""

    root: Path
    files: list[str]


def _of_page(here: _Here, page: Path) -> Iterator[str]:
    found = [row for row in tables.rows((here.root / page).read_text(encoding="utf-8")) if COLUMN in row.cells]
    if not found:
        yield f"{page}: no table has rows with a column `{COLUMN}`"
    for row in found:
        yield from (f"{page}:{row.line}: {told}" for told in _of_row(here, row))


def _of_row(here: _Here, row: tables.Row) -> Iterator[str]:
    named = references(row.cells[COLUMN])
    yield from _unlike_state(row.cells.get("state"), row, named)
    for reference in named:
        if told := wrong(here.root, reference, here.files):
            yield f"`{reference.text}`: {told}"


def _unlike_state(state: str | None, row: tables.Row, named: list[Reference]) -> Iterator[str]:
    """Complaints about a claim whose evidence does not fit what it says of itself."""
    shown = [reference for reference in named if reference.kind in {TEST, COMMAND, PATH}]
    if state is None:
        if not named:
            yield "no evidence: name a test or a command, or write `not yet: what is missing`"
    elif state not in STATES:
        yield f"`{state}` is no state: {', '.join(sorted(STATES))}"
    elif state in SHOWN and not shown:
        yield f"it says `{state}` and names no evidence"
    elif state == "not met" and not any(reference.kind == MISSING for reference in named):
        yield "it says `not met`: write `not yet: what is missing` as its evidence"
    elif state == "not applicable" and not row.cells.get("lacks"):
        yield "it says `not applicable`: say why in the column `lacks`"


def wrong(root: Path, reference: Reference, files: list[str]) -> str:
    """Why a reference shows nothing; empty if it does."""
    if reference.kind == UNREADABLE:
        return "it is no reference: a test, a command or a path in backticks, or `not yet: what is missing`"
    if reference.kind == COMMAND:
        return commands.wrong(root, reference.text)
    if reference.kind == TEST:
        return tests_named.wrong(root, reference.text, files)
    if reference.kind == PATH:
        place = reference.text.rstrip("/")
        there = any(name == place or name.startswith(f"{place}/") for name in files)
        return "" if there else "git has no such file or folder"
    return ""
