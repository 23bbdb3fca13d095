"""What migrations say of their indexes: the comment above `create index`."""

from __future__ import annotations

import re
from pathlib import Path

from tools.gates.tree import ROOT

_CREATES = re.compile(r"^create (?:unique )?index (?:concurrently )?(?:if not exists )?(\w+)", re.IGNORECASE)
# What a comment says to a program: how the file runs, what squawk may let pass.
_FOR_PROGRAMS = re.compile(r"-- (no-transaction|in-batches|was [0-9a-f]{64}|squawk-ignore)")


def of_indexes(service: str, root: Path = ROOT) -> dict[str, str]:
    """The sentence above each index that a service's migrations, or those of the chassis, make."""
    found: dict[str, str] = {}
    for folder in (root / "chassis" / "migrations", root / "services" / service / "migrations"):
        for path in sorted(folder.glob("*.sql")):
            found |= _in_file(path.read_text(encoding="utf-8").splitlines())
    return found


def _in_file(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    above: list[str] = []
    for line in lines:
        if line.startswith("-- "):
            above += [] if _FOR_PROGRAMS.match(line) else [line.removeprefix("-- ").strip()]
            continue
        made = _CREATES.match(line)
        if made and above:
            found[made[1]] = " ".join(above).rstrip(".")
        above = []
    return found
