"""Reads PostgreSQL's log in JSON for statements that go through a whole table, take long or were cancelled."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

_PLAN = re.compile(r"duration: ([\d.]+) ms  plan:\n")
# Others are cancelled as well: those for which nobody waits any more.
_CANCELLED = "canceling statement due to statement timeout"
_BY_INDEX = {"Index Scan", "Index Only Scan"}


class Scan(NamedTuple):
    """That a statement reads a whole table; `by`: through which index, empty if through none."""

    database: str
    table: str
    by: str
    statement: str


class Found(NamedTuple):
    """What the log tells; `seconds`: of each statement with its database, the longest that it took."""

    scans: set[Scan]
    cancelled: set[tuple[str, str]]
    seconds: dict[tuple[str, str], float]

    def slowest(self, most: int) -> list[tuple[float, str, str]]:
        """So many statements that took longest, each with its seconds and database."""
        return sorted(((taken, *each) for each, taken in self.seconds.items()), reverse=True)[:most]


def read(lines: Iterable[str], large: Mapping[str, AbstractSet[str]]) -> Found:
    """Read the log for statements of services; operators and proofs have other roles.

    One that may stop early, under a limit in an index's order, reads no whole table.
    """
    found = Found(set(), set(), {})
    for line in lines:
        entry = json.loads(line)
        database: str = entry.get("dbname", "")
        if entry.get("user") != database:
            continue
        if entry["message"] == _CANCELLED:
            found.cancelled.add((database, " ".join(entry["statement"].split())))
        if planned := _PLAN.match(entry["message"]):
            explained = json.loads(entry["message"][planned.end() :])
            statement = " ".join(explained["Query Text"].split())
            before = found.seconds.get((database, statement), 0.0)
            found.seconds[database, statement] = max(before, float(planned[1]) / 1000)
            for table, index in _whole(explained["Plan"], limited=False):
                if (index or table) in large.get(database, ()):
                    found.scans.add(Scan(database, table, index, statement))
    return found


def _whole(node: Mapping[str, Any], *, limited: bool) -> Iterator[tuple[str, str]]:
    kind = node["Node Type"]
    if kind == "Seq Scan":
        yield node["Relation Name"], ""
    elif kind in _BY_INDEX and "Index Cond" not in node and not limited:
        yield node["Relation Name"], node["Index Name"]
    # A sort or an aggregate needs all rows, whatever is above it.
    passes = kind in {
        "Limit",
        "Result",
        "Nested Loop",
        "Merge Append",
        "Append",
        "LockRows",
        "Subquery Scan",
        "Memoize",
    }
    below = kind == "Limit" or (limited and passes)
    for child in node.get("Plans", ()):
        yield from _whole(child, limited=below)
