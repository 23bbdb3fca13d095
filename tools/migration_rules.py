"""Rules for migrations that squawk does not have: no statement of a service may wait for them.

What they are for, and how a migration keeps them, stands in chassis/README.md.
"""

from __future__ import annotations

import re
from pathlib import Path

from chassis.db.migrate import Migration

_COMMENT = re.compile(r"--[^\n]*")
_BODY = re.compile(r"\$\$.*?\$\$", re.DOTALL)
_CHANGES = re.compile(r"^\s*(?:with\b.*?\b)?(update|delete\s+from)\s+(\w+)", re.DOTALL | re.IGNORECASE)
_CHECKED_COLUMN = re.compile(r"add column[^,;]*\bcheck\b", re.IGNORECASE)
# Statements that change all rows at once, of tables that have few.
_FEW_ROWS = {("0007_log_places", "outbox_log")}


def complaints(paths: list[Path]) -> list[str]:
    """What is wrong with these files, a line each."""
    return [f"{path}: {found}" for path in paths for found in of_migration(path.stem, path.read_text(encoding="utf-8"))]


def of_migration(name: str, sql: str) -> list[str]:
    """What is wrong with one migration."""
    mode = Migration(name, sql).mode
    statements = [each.strip() for each in _BODY.sub("''", _COMMENT.sub("", sql)).split(";") if each.strip()]
    if mode == "no-transaction" and (len(statements) != 1 or "concurrently" not in statements[0]):
        return ["a file without a transaction holds one statement that says `concurrently`"]
    if mode == "in-batches":
        bounded = len(statements) == 1 and re.search(r"\blimit\b", statements[0])
        return [] if bounded else ["a file in batches holds one statement, with a `limit`"]
    found = []
    for statement in statements:
        changes = _CHANGES.match(statement)
        if changes and (name, changes[2]) not in _FEW_ROWS:
            found.append(f"`{changes[1]} {changes[2]}` locks all its rows until the end: use `-- in-batches`")
        if _CHECKED_COLUMN.search(statement):
            found.append(
                "a check of a new column reads every row under a lock: add it as a constraint that is `not valid`"
            )
    return found
