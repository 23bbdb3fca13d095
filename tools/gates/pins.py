"""The packages that requirements/*.txt and the package-lock.json files pin."""

from __future__ import annotations

import json
import re
from pathlib import Path

_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def python(path: Path) -> dict[str, str]:
    """The packages of a compiled file of requirements, with their versions."""
    return {normal(name): version for name, version in _PIN.findall(path.read_text(encoding="utf-8"))}


def npm(path: Path) -> dict[str, str]:
    """The packages of a package-lock.json, with the licences that it states."""
    locked = json.loads(path.read_text(encoding="utf-8"))["packages"]
    return {name.rpartition("node_modules/")[2]: each.get("license", "") for name, each in locked.items() if name}
