"""The one version of the whole repository: it stands in pyproject.toml, and in the files that programs read it from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-rc\.([1-9]\d*))?")
# Files with the version, and the line that it stands on. OpenAPI documents are written anew from the code.
_PLACES = {
    "**/pyproject.toml": re.compile(r'^(version = ")([^"]*)(")$', re.MULTILINE),
    "chassis/config/version.py": re.compile(r'^(VERSION = ")([^"]*)(")$', re.MULTILINE),
    "deploy/**/Chart.yaml": re.compile(r"^(version: )(\S*)()$", re.MULTILINE),
    "docs/add-a-service.md": re.compile(r'^( *version = ")([^"]*)(")$', re.MULTILINE),
}


def order(version: str) -> tuple[int, int, int, float]:
    """By which versions are sorted: a candidate, such as 1.0.0-rc.1, comes before its release.

    Raises:
        ValueError: it is no semantic version.
    """
    found = SEMANTIC.fullmatch(version)
    if found is None:
        raise ValueError(version)
    major, minor, patch, candidate = found.groups()
    return int(major), int(minor), int(patch), float(candidate or "inf")


def may_break(old: str, new: str) -> bool:
    """Whether the first number rises that speaks of breaking changes: the second one before 1.0.0."""
    (major, minor, *_), (was, earlier, *_) = order(new), order(old)
    return major > was or (major == was == 0 and minor > earlier)


def current(root: Path) -> str:
    """The version that the repository says it has."""
    told: str = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return told


def unlike(root: Path, version: str) -> list[str]:
    """The files that say another version."""
    return sorted(str(path.relative_to(root)) for path, line in _places(root) if _said(path, line) != version)


def write(root: Path, version: str) -> None:
    """Say this version everywhere."""
    for path, line in _places(root):
        path.write_text(line.sub(rf"\g<1>{version}\g<3>", path.read_text("utf-8")), "utf-8")


def _places(root: Path) -> Iterator[tuple[Path, re.Pattern[str]]]:
    for pattern, line in _PLACES.items():
        for path in sorted(root.glob(pattern)):
            if not any(part.startswith(".") or part == "node_modules" for part in path.relative_to(root).parts):
                yield path, line


def _said(path: Path, line: re.Pattern[str]) -> str:
    found = line.search(path.read_text("utf-8"))
    return found[2] if found else ""
