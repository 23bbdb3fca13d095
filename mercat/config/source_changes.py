"""Detects changes of source files: fingerprints to compare with those at a process's start, and syntax errors."""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

# Files and folders that a running process does not read: caches, tests, documents.
_IGNORED = {"__pycache__", "tests", "testing", "README.md", "openapi.json", "conftest.py"}
_HIDDEN = "."


def service_sources(root: Path, name: str) -> tuple[Path, ...]:
    """The source files of a service: its own, those of the chassis, what it serves, and the versions of libraries."""
    served = (root / "web" / "storefront",) if name == "pages" else ()
    return root / "services" / name, root / "chassis", *served, root / "requirements" / "run.txt"


def migration_sources(root: Path, name: str) -> tuple[Path, ...]:
    """The migrations of a service: its own, and those of the chassis."""
    return root / "services" / name / "migrations", root / "chassis" / "migrations"


def supervisor_sources(root: Path) -> tuple[Path, ...]:
    """The source files of the supervisor."""
    mercat, servers = root / "mercat", root / "local_servers"
    rooms = (mercat / name for name in ("installation", "config", "edge", "observe", "stack"))
    return (*rooms, servers / "child.py", servers / "embedded.py", root / "chassis" / "resilience")


def fingerprint(paths: Iterable[Path]) -> str:
    """A digest of the names, sizes and modification times of all files at these paths, missing ones included."""
    digest = hashlib.sha256()
    for name, size, changed in sorted(entry for path in paths for entry in _entries(path)):
        digest.update(f"{name}\0{size}\0{changed}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def snapshot(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Size and modification time (ns) of each file at these paths."""
    return {Path(name): (size, changed) for path in paths for name, size, changed in _entries(path)}


def changed_files(before: dict[Path, tuple[int, int]], now: dict[Path, tuple[int, int]]) -> list[Path]:
    """The files that were added, removed or changed between two snapshots."""
    return sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))


def syntax_errors(paths: Iterable[Path]) -> list[str]:
    """The syntax errors of all Python files at these paths, each as "FILE:LINE: message"."""
    found = []
    for name, size, _ in (entry for path in paths for entry in _entries(path)):
        if name.endswith(".py") and size > 0:
            found += _parse_errors(Path(name))
    return found


def _parse_errors(path: Path) -> list[str]:
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
    yield from _folder_entries(str(path))


def _folder_entries(folder: str) -> Iterator[tuple[str, int, int]]:
    """The files of a folder. Files may appear and vanish meanwhile: editors save by renaming."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name in _IGNORED or entry.name.startswith(_HIDDEN) or entry.name.endswith((".pyc", "~")):
            continue
        try:
            if entry.is_dir():
                yield from _folder_entries(entry.path)
            else:
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns
        except OSError:
            continue
