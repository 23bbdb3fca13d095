"""Who reads the API or the events of which service, from the `calls` and `follows` of each service.yaml.

Without packages of others, since the job that asks runs before any is installed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_NAMES = re.compile(r"[A-Za-z0-9_-]+")


def of_services(root: Path) -> dict[str, frozenset[str]]:
    """Each service with those whose tests run against it: who calls or follows it."""
    read = {path.parent.name: reads(path.read_text(encoding="utf-8")) for path in root.glob("services/*/service.yaml")}
    return inverted(read)


def inverted(read: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Who reads each service, where `read` says what each one reads."""
    return {name: frozenset(other for other in read if name in read[other]) for name in read}


def reads(document: str) -> frozenset[str]:
    """The services that one calls or follows; a ValueError if its service.yaml does not say so in a plain list."""
    return _names(document, "calls") | _names(document, "follows")


def _names(document: str, key: str) -> frozenset[str]:
    lines = document.splitlines()
    at = next((number for number, line in enumerate(lines) if line.startswith(f"{key}:")), None)
    if at is None:
        return frozenset()
    flow = re.fullmatch(rf"{key}:\s*\[([^\]#]*)\]\s*(#.*)?", lines[at])
    if flow:
        return frozenset(_NAMES.findall(flow[1]))
    if lines[at].partition("#")[0].strip() != f"{key}:":
        raise ValueError(f"{key} is not a plain list: {lines[at]}")
    names = []
    for line in lines[at + 1 :]:
        entry = re.fullmatch(r"\s*- ([A-Za-z0-9_-]+)\s*(#.*)?", line)
        if entry is None:
            break
        names.append(entry[1])
    return frozenset(names)
