"""Who reads the API or the events of which service, from the `calls`, `reads` and `follows` of each service.yaml.

Without packages of others, since the job that asks runs before any is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


def of_services(root: Path) -> dict[str, frozenset[str]]:
    """Each service with those whose tests run against it: who calls, reads or follows it."""
    read = {path.parent.name: reads(path.read_text(encoding="utf-8")) for path in root.glob("services/*/service.yaml")}
    return inverted(read)


def inverted(read: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Who reads each service, where `read` says what each one reads."""
    return {name: frozenset(other for other in read if name in read[other]) for name in read}


def reads(document: str) -> frozenset[str]:
    """The services that one calls, reads or follows; a ValueError where its service.yaml has no plain list of them."""
    return _names(document, "calls") | _names(document, "reads") | _names(document, "follows")


def _names(document: str, key: str) -> frozenset[str]:
    lines = [line.partition(" #")[0].rstrip() for line in document.splitlines()]
    at = next((number for number, line in enumerate(lines) if line.startswith(f"{key}:")), None)
    if at is None:
        return frozenset()
    value = lines[at].removeprefix(f"{key}:").strip()
    if value.startswith("[") and value.endswith("]"):
        return frozenset(_name(entry, lines[at]) for entry in value[1:-1].split(",") if entry.strip())
    if value:
        raise ValueError(f"not a plain list: {lines[at]}")
    return frozenset(_entries(lines[at + 1 :]))


def _entries(lines: Iterable[str]) -> Iterator[str]:
    """The entries of a list with a line each, up to the next key."""
    for line in lines:
        if line and not line.startswith((" ", "-", "#")):
            return
        if line and not line.startswith("#"):
            yield _name(line.strip().removeprefix("- "), line)


def _name(entry: str, line: str) -> str:
    name = entry.strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1]
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a plain list: {line}")
    return name
