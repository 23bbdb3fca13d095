"""Which code and settings a process was started from: a footprint of files, to see whether they have changed since."""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

# What a running process does not read: caches, tests, and documents that are made from the code.
_LEFT_OUT = {"__pycache__", "tests", "testing", "README.md", "openapi.json", "conftest.py"}
_HIDDEN = "."


def service(root: Path, name: str) -> tuple[Path, ...]:
    """The code of a service: its own, the chassis, and the libraries' versions."""
    return root / "services" / name, root / "chassis", root / "requirements" / "run.txt"


def migrations(root: Path, name: str) -> tuple[Path, ...]:
    """The migrations of a service, and those of every service."""
    return root / "services" / name / "migrations", root / "chassis" / "migrations"


def supervisors(root: Path) -> tuple[Path, ...]:
    """The code of the supervisor itself."""
    chassis = root / "chassis"
    return (*sorted((root / "mercat").glob("*.py")), chassis / "child.py", chassis / "embedded.py")


def footprint(paths: Iterable[Path]) -> str:
    """A digest of the names, sizes and times of change of all files at these places; a missing one counts as such."""
    digest = hashlib.sha256()
    for name, size, changed in sorted(entry for path in paths for entry in _entries(path)):
        digest.update(f"{name}\0{size}\0{changed}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def look(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Size and time of change of each file at these places."""
    return {Path(name): (size, changed) for path in paths for name, size, changed in _entries(path)}


def differences(before: dict[Path, tuple[int, int]], now: dict[Path, tuple[int, int]]) -> list[Path]:
    """Which files came, went or changed."""
    return sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))


def syntax_errors(paths: Iterable[Path]) -> list[str]:
    """FILE:LINE: what is wrong, for every Python file at these places that cannot be read."""
    found = []
    for name, size, _ in (entry for path in paths for entry in _entries(path)):
        if name.endswith(".py") and size > 0:
            found += _mistakes(Path(name))
    return found


def _mistakes(path: Path) -> list[str]:
    try:
        ast.parse(path.read_bytes())
    except SyntaxError as error:
        return [f"  {path}:{error.lineno}: {error.msg}"]
    except (OSError, ValueError) as error:
        return [f"  {path}: {error}"]
    return []


def _entries(path: Path) -> Iterator[tuple[str, int, int]]:
    try:
        found = path.stat()
    except OSError:
        yield str(path), -1, 0
        return
    if not path.is_dir():
        yield str(path), found.st_size, found.st_mtime_ns
        return
    yield from _inside(str(path))


def _inside(folder: str) -> Iterator[tuple[str, int, int]]:
    """Files appear and vanish while one looks: an editor saves by renaming."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name in _LEFT_OUT or entry.name.startswith(_HIDDEN) or entry.name.endswith((".pyc", "~")):
            continue
        try:
            if entry.is_dir():
                yield from _inside(entry.path)
            else:
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns
        except OSError:
            continue
