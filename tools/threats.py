"""`make check`: the threat model is whole, and nothing that the services have is outside of it.

docs/compliance/threat-model.md lists the boundaries, and to which each route, call and dependency belongs; each has
a page with a row for each threat. That the evidence exists is checked by tools/evidence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from tools.evidence import references, tables
from tools.gates import links

PAGE = "docs/compliance/threat-model.md"
COLUMNS = ("id", "an attacker", "what stops it", "evidence", "what remains")
LETTERS = {
    "S": "spoofing",
    "T": "tampering",
    "R": "repudiation",
    "I": "information disclosure",
    "D": "denial of service",
    "E": "elevation of privilege",
}
# What of a service.yaml crosses a boundary.
CROSSING = ("calls", "reads", "follows", "reaches")
_ID = re.compile(r"T-([A-Z]+)-([A-Z])(\d+)")
_LEFT_OUT = re.compile(r"\*\*([A-Z]) does not apply\*\*: (\S.*)")


class Boundary(NamedTuple):
    """A line that data cross, with the page of its threats, from the repository's root."""

    code: str
    page: Path


def complaints(root: Path) -> list[str]:
    """What is wrong, one line each: `page: what`."""
    text = (root / PAGE).read_text(encoding="utf-8")
    found = boundaries(text)
    wrong = [f"{PAGE}: {told}" for told in _members(root, text, {each.code for each in found})]
    for boundary in found:
        wrong += [f"{boundary.page}: {told}" for told in _of_page(root, boundary)]
    return [*wrong, *_unlisted(root, found)]


def boundaries(text: str) -> list[Boundary]:
    """Those of the table with the columns `code` and `boundary`, whose cell links the page."""
    rows = [row.cells for row in tables.rows(text) if {"code", "boundary"} <= row.cells.keys()]
    linked = [(row["code"].strip("`"), links.INLINE.search(row["boundary"])) for row in rows]
    return [Boundary(code, Path(PAGE).parent / link[2]) for code, link in linked if link]


def threats(text: str) -> list[tables.Row]:
    """The rows of threats of a page."""
    return [row for row in tables.rows(text) if row.cells.get("id", "").strip("`").startswith("T-")]


def _of_page(root: Path, boundary: Boundary) -> Iterator[str]:
    path = root / boundary.page
    if not path.is_file():
        yield "there is no such page"
        return
    text = path.read_text(encoding="utf-8")
    seen: set[str] = set()
    for row in threats(text):
        yield from _of_row(root, boundary, row, seen)
    letters = {name.rpartition("-")[2][:1] for name in seen}
    left_out = {letter for letter, _ in _LEFT_OUT.findall(text)}
    for letter, word in LETTERS.items():
        if letter not in letters | left_out:
            yield f"no threat of {letter} ({word}): add a row, or `**{letter} does not apply**: why`"
        elif letter in letters & left_out:
            yield f"{letter} has threats, and a line that it does not apply"


def _of_row(root: Path, boundary: Boundary, row: tables.Row, seen: set[str]) -> Iterator[str]:
    name = row.cells["id"].strip("`")
    found = _ID.fullmatch(name)
    if found is None or found[1] != boundary.code or found[2] not in LETTERS:
        yield f"{name}: an id is T-{boundary.code}-, one of {''.join(LETTERS)}, and a number"
    if name in seen:
        yield f"{name}: stands twice"
    seen.add(name)
    yield from (f"{name}: `{column}` is empty" for column in COLUMNS if not row.cells.get(column))
    yield from (f"{name}: {told}" for told in _shown(root, row.cells))


def _shown(root: Path, cells: dict[str, str]) -> Iterator[str]:
    """Whether what stops it is a file or folder of ours, unless it says that nothing does yet."""
    stops = cells.get("what stops it", "")
    if not paths(root, stops) and not stops.startswith("not yet:"):
        yield "`what stops it` names no file or folder that exists"
    for name in references.references(cells.get("evidence", "")):
        if name.kind == references.UNREADABLE:
            yield f"`{name.text}` is no evidence"


def paths(root: Path, cell: str) -> list[str]:
    """The files and folders that a cell names and that exist."""
    return [name for name in links.SPAN.findall(cell) if not name.startswith("/") and (root / name).exists()]


def crossings(root: Path) -> set[str]:
    """What crosses a boundary: `catalog /api/v1/products`, `orders calls catalog`, `payments reaches stripe`."""
    found = set()
    for path in sorted(root.glob("services/*/service.yaml")):
        service = yaml.safe_load(path.read_text(encoding="utf-8"))
        name = service["name"]
        found |= {f"{name} {route}" for route in service.get("routes", ())}
        found |= {f"{name} {word} {other}" for word in CROSSING for other in service.get(word, ())}
    return found


def members(text: str) -> list[tuple[str, str]]:
    """What belongs to a boundary, and the boundary's code."""
    rows = [row.cells for row in tables.rows(text) if {"what crosses", "belongs to"} <= row.cells.keys()]
    return [(name, row["belongs to"].strip("`")) for row in rows for name in links.SPAN.findall(row["what crosses"])]


def _members(root: Path, text: str, codes: set[str]) -> Iterator[str]:
    pairs, there = members(text), crossings(root)
    listed = dict(pairs)
    times = Counter(name for name, _ in pairs)
    yield from (f"`{name}` stands in {number} rows" for name, number in sorted(times.items()) if number > 1)
    yield from (f"`{name}` belongs to no boundary: add it to a row" for name in sorted(there - listed.keys()))
    yield from (f"`{name}` is in no service.yaml" for name in sorted(listed.keys() - there))
    yield from (f"`{code}` is no boundary" for code in sorted(set(listed.values()) - codes))


def _unlisted(root: Path, found: list[Boundary]) -> list[str]:
    folder = root / Path(PAGE).parent / "threats"
    there = {path.relative_to(root) for path in folder.glob("*.md")}
    return [f"{path}: no row of {PAGE} links it" for path in sorted(there - {each.page for each in found})]
