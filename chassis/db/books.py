"""What must always be true of a service's records, as SQL files: read here, granted by migrations, run by chassis.ops.

A service's file `books/<name>.sql` is a query of faults: it answers a row for each. `$1` of it is an interval: what is
younger may still be under way. A file `books/shared/<name>.sql` answers what the service holds of the orders with ids
from `$1` to `$2`: `order_id`, and columns on which all services that have a file of this name must agree. The first
comment says what is true; `-- reads: a, b (c d)` names what the auditor may read: the table a, and two columns of b.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from chassis.config.service_spec import folder_of

_READS = re.compile(r"^-- reads: ([a-z_, ()]+)$", re.MULTILINE)


class Check(msgspec.Struct, frozen=True):
    """`about` is what is true of right books; `shared`: other services know it, too."""

    service: str
    name: str
    about: str
    reads: tuple[str, ...]
    sql: str
    shared: bool


def find(package: str) -> list[Check]:
    """The checks of a service."""
    return list(_of(package, folder_of(package) / "books"))


def tables(package: str) -> list[str]:
    """The tables that a service's auditor reads, each alone or with its columns."""
    return sorted({table for check in find(package) for table in check.reads})


def _of(package: str, folder: Path) -> Iterator[Check]:
    for path in sorted(folder.glob("**/*.sql")):
        sql = path.read_text(encoding="utf-8")
        reads = _READS.search(sql)
        if reads is None or not sql.startswith("-- "):
            raise ValueError(f"{path} needs a comment on what is true, and one on the tables that it reads")
        about = sql.partition("\n")[0].removeprefix("-- ").removesuffix(".")
        names = tuple(name.strip() for name in reads.group(1).split(","))
        yield Check(package, path.stem, about, names, sql, shared=path.parent.name == "shared")
