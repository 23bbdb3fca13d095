"""What `kept` and `evidence` name: constraints, triggers and functions of the databases, files, tests and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.gates import links

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PATH = re.compile(r"([\w./-]+/[\w./-]+|[\w-]+\.(?:py|md|yaml|sql|js))(?:::([\w:]+))?")


def missing(text: str, root: Path, names: set[str]) -> Iterator[str]:
    """Complaints about what a text quotes and what is not there. `names`: of constraints, triggers and functions."""
    for quoted in links.SPAN.findall(text):
        if found := _PATH.fullmatch(quoted):
            yield from _no_test(root / found[1], found[1], found[2])
        elif _NAME.fullmatch(quoted) and "_" in quoted and quoted not in names:
            yield f"`{quoted}` is no constraint, index, trigger or function of a database"


def _no_test(path: Path, name: str, test: str | None) -> Iterator[str]:
    if not path.exists():
        yield f"`{name}` does not exist"
    elif test:
        source = path.read_text(encoding="utf-8")
        for part in test.split("::"):
            if not re.search(rf"^\s*(?:async def|def|class) {re.escape(part)}\b", source, re.MULTILINE):
                yield f"`{name}` has no {part}"
