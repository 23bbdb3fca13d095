"""All rows that a service keeps of a person, in pages: for a copy of their data (Art. 15 and 20 of the GDPR)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from chassis.db.transactions import ReadTx

MOST = 1_000
"""Rows of a page."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one table. `key` and `whose`: SQL about the row `t`: an ASCII text that no other row has, and the
    condition, whose parameters are those of `read`. `hidden`: columns that are not the person's to know: secrets, and
    who of the staff did it. `source`: what the rows are read from, if not the table as it is.
    """

    table: str
    key: str
    whose: str
    hidden: tuple[str, ...] = ()
    source: str = ""


class ExportPage(msgspec.Struct, frozen=True):
    """Rows by table; `next`: the table and key after which the next page begins, None at the end."""

    tables: dict[str, list[dict[str, Any]]]
    next: tuple[str, str] | None


class _Row(msgspec.Struct, frozen=True):
    key: str
    row: dict[str, Any]


async def read(
    tx: ReadTx, parts: Sequence[Part], person: Sequence[Any], after: tuple[str, str] | None, most: int = MOST
) -> ExportPage:
    """The next rows of a person, table by table; a place that is in none of the tables is the end.

    `person`: the parameters of each `whose`, of which there are as many in each.
    """
    names = [part.table for part in parts]
    first, key = (0, "") if after is None else (_place(names, after[0]), after[1])
    found: dict[str, list[dict[str, Any]]] = {}
    room = most
    for part in parts[first:]:
        rows = await tx.rows(_Row, _sql(part, len(person)), *person, key, room + 1)
        kept, key = rows[:room], ""
        if kept:
            found[part.table] = [each.row for each in kept]
        if len(rows) > room:
            return ExportPage(found, (part.table, kept[-1].key if kept else ""))
        room -= len(kept)
    return ExportPage(found, None)


def _place(names: list[str], table: str) -> int:
    return names.index(table) if table in names else len(names)


def _sql(part: Part, given: int) -> str:
    hidden = ", ".join(f"'{name}'" for name in part.hidden)
    row = f"to_jsonb(t) - array[{hidden}]::text[]" if hidden else "to_jsonb(t)"
    return f"""
    select {part.key} as key, {row} as row from {part.source or part.table} t
    where ({part.whose}) and ({part.key}) collate "C" > ${given + 1}
    order by ({part.key}) collate "C" limit ${given + 2}
    """
