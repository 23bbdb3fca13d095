"""`python -m tools.tables` compares what is described with databases and code; the status is 1 if they differ."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.gates.tree import ROOT
from tools.tables import checks, databases, declared, described, fields, words
from tools.tables.described import Annotations
from tools.tables.words import Words


def complaints(root: Path = ROOT) -> list[str]:
    """Everything that is wrong, a line each."""
    try:
        tables, periods, said = described.load(root), words.retention(root), words.words(root)
    except described.Unreadable as unreadable:
        return [str(unreadable)]
    known = checks.Known.of(databases.catalogs(), periods, said, root)
    code = declared.declared()
    return [
        *checks.complaints(known, tables),
        *fields.complaints(code, tables, periods, said),
        *fields.elsewhere(root, code, periods, said),
        *fields.of_retention(root, periods, {*_used(tables, said)}, known.names),
    ]


def _used(tables: Mapping[str, Annotations], said: Words) -> Iterator[str]:
    """The classes of retention that something is of."""
    for each in tables.values():
        yield from (table.retention for table in each.tables.values())
        for those in (*(table.columns for table in each.tables.values()), *each.events.values(), *each.jobs.values()):
            yield from (field.data.retention for field in those.values() if field.data)
    yield from (kept.retention for kept in (*said.cookies.values(), *said.storage.values()))
    yield from (place.retention for place in said.elsewhere)


def main() -> int:
    """Print what is wrong; the exit status is 1 if something is."""
    found = complaints()
    print("\n".join(found) or "All tables, columns, events and jobs are described, and nothing else is.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
