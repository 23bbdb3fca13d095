"""Finds imports that pass by a room's `__init__`, which names what is public.

A room is a folder of a service with `__all__` and with rules, SQL or use cases of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PARTS = ("domain", "store", "usecases")


def rooms(service: Path) -> set[str]:
    """The names of a service's rooms."""
    found = [path for path in service.glob("*/__init__.py") if "\n__all__ = " in path.read_text(encoding="utf-8")]
    return {path.parent.name for path in found if any(any(path.parent.glob(f"{part}*")) for part in _PARTS)}


def check(root: Path = ROOT) -> list[str]:
    """A line for each import of a module inside of another room. Tests may look inside."""
    return [line for service in sorted((root / "services").iterdir()) for line in _of_service(root, service)]


def _of_service(root: Path, service: Path) -> Iterator[str]:
    names = rooms(service) if service.is_dir() else set()
    for path in sorted(service.rglob("*.py")) if names else ():
        parts = path.relative_to(service).parts
        if parts[0] == "tests":
            continue
        for number, module in _imported(path):
            _, _, inside = module.partition(f"{service.name}.")
            room, _, deeper = inside.partition(".")
            if module.startswith(f"{service.name}.") and room in names - {parts[0]} and deeper:
                where = f"{path.relative_to(root)}:{number}"
                yield f"{where}: import from {service.name}.{room}, which says what is public, not from {module}"


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
