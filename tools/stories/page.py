"""What of docs/stories.md is not so: ids that are missing or twice, rows without a link, and words about where a proof
runs that are not those of its evidence. That evidence and links exist, the checks `evidence` and `links` say.

The column `ran` has, separated by `<br>`, exactly the places where the commands and tests of `evidence` run, and beside
them what has not met a real cluster, account or GitHub (`renders only: what`), or is missing (`not yet: what`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.evidence import commands, references, tables
from tools.gates import links, tree

PAGE = Path("docs/stories.md")
IDS = [*(f"A{n}" for n in range(1, 25)), *(f"B{n}" for n in range(1, 21)), *(f"T{n}" for n in range(1, 13))]
COLUMNS = ("id", "story", "where", "evidence", "ran")
RENDERS, MISSING = "renders only", "not yet"
_OPEN = re.compile(rf"(?:{RENDERS}|{MISSING}): \S.*")


def complaints(root: Path = tree.ROOT) -> list[str]:
    """What is wrong, one line each: the page, its line, and what to do."""
    rows = [row for row in tables.rows((root / PAGE).read_text(encoding="utf-8")) if "id" in row.cells]
    found = [f"{PAGE}:{row.line}: {told}" for row in rows for told in _of_row(root, row.cells)]
    return [f"{PAGE}: {told}" for told in _ids([row.cells["id"] for row in rows])] + found


def _ids(there: Sequence[str]) -> Iterator[str]:
    for each in IDS:
        if each not in there:
            yield f"{each} has no row"
    for each in dict.fromkeys(there):
        if each not in IDS:
            yield f"{each} is no story"
        elif there.count(each) > 1:
            yield f"{each} has more than one row"


def _of_row(root: Path, cells: Mapping[str, str]) -> Iterator[str]:
    story = cells["id"]
    empty = [name for name in COLUMNS if not cells.get(name)]
    if empty:
        yield f"{story}: nothing stands under {', '.join(empty)}"
        return
    if not links.INLINE.search(cells["where"]):
        yield f"{story}: `where` has no link"
    named = references.references(cells["evidence"])
    runs, real = _runs(root, named)
    said = [piece.strip() for piece in cells["ran"].split("<br>")]
    opened = [piece for piece in said if _OPEN.fullmatch(piece)]
    yield from (f"{story}: `ran` says {piece}, and no evidence does" for piece in said if piece not in {*runs, *opened})
    yield from (f"{story}: its evidence runs {piece}, and `ran` does not say so" for piece in runs if piece not in said)
    if not real and not opened:
        yield f"{story}: a proof that has not run: say `{RENDERS}: what` or `{MISSING}: what it lacks`"
    if not runs and not any(piece.startswith(MISSING) for piece in opened):
        yield f"{story}: nothing runs that proves it: say `{MISSING}: what it lacks`"


def _runs(root: Path, named: Sequence[references.Reference]) -> tuple[list[str], bool]:
    """Where the evidence runs, in the order of the page; whether every command of it has run somewhere."""
    places, real, known = [], True, commands.known(root)
    for reference in named:
        if reference.kind == references.TEST:
            places.append(commands.EACH_LANDING)
        elif reference.kind == references.COMMAND and (entry := known.get(commands.key(reference.text))):
            real = real and entry.state == "ran"
            places += [_place(root, reference.text, entry)] if entry.state == "ran" else []
    return list(dict.fromkeys(places)), real


def _place(root: Path, command: str, entry: commands.Known) -> str:
    key = commands.key(command)
    if key == commands.LANDING or key in (root / commands.LANDING).read_text(encoding="utf-8").splitlines():
        return commands.EACH_LANDING
    return f"{commands.BY_HAND}, {entry.told}" if entry.cadence == commands.BY_HAND else entry.cadence
