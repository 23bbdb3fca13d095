"""Generated pages: every module of tools/documents/pages is asked for its own, which are compared or written."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tools.documents import pages as generators

# They read the lines of readers of all pages, also of those that are made.
READ_ALL = {f"{generators.__name__}.home"}


def wanted() -> dict[str, str]:
    """What each generated page should hold, by its path in the repository.

    Raises:
        ValueError: two generators write the same page.
    """
    found: dict[str, str] = {}
    for name, made in _made():
        if twice := found.keys() & made.keys():
            raise ValueError(f"{name}: another module writes {min(twice)}, too")
        found |= made
    return found


def _made() -> Iterator[tuple[str, dict[str, str]]]:
    """The pages of each module, one module after the other; at last those of modules that read all pages."""
    names = sorted(f"{generators.__name__}.{each.name}" for each in pkgutil.iter_modules(generators.__path__))
    for name in sorted(names, key=lambda name: name in READ_ALL):
        yield name, importlib.import_module(name).pages()


def stale(root: Path, texts: Mapping[str, str]) -> list[str]:
    """A complaint about each page that is not what its generator makes."""
    return [
        f"{name}:{_first_difference(root / name, text)}: differs from what it is made from:"
        " run `make docs ARGS=--write` and commit it"
        for name, text in texts.items()
        if _read(root / name) != text
    ]


def write(root: Path) -> list[str]:
    """Write the pages that differ, each before the next module begins; returns their names."""
    changed = []
    for _, made in _made():
        for name, text in made.items():
            if _read(root / name) != text:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
                changed.append(name)
    return changed


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _first_difference(path: Path, text: str) -> int:
    """The first line that differs, from 1."""
    there: Iterable[str] = (_read(path) or "").splitlines()
    same = 0
    for mine, other in zip(there, text.splitlines(), strict=False):
        if mine != other:
            break
        same += 1
    return same + 1
