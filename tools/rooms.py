"""The drawing of the chassis' rooms in docs/architecture.md, made from the imports of its code.

`python -m tools.rooms --write` draws it anew; without --write, compares.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
_BEGIN, _END = "<!-- rooms: make rooms -->\n", "<!-- rooms end -->\n"
# They stand above everything, and would draw an arrow to each room.
_LEFT_OUT = {"tests", "testing"}

Rooms = dict[str, set[str]]


def rooms(folder: Path) -> Rooms:
    """Each room of a package (a folder or a file of it), with the rooms that it imports."""
    found: Rooms = defaultdict(set)
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if parts[0] in _LEFT_OUT | {"__init__"}:
            continue
        found[parts[0]] |= set(_imported(ast.parse(path.read_text(encoding="utf-8")), folder.name)) - {parts[0]}
    return dict(found)


def _imported(tree: ast.AST, package: str) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == package:
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{package}."):
            names.append((node.module or "").split(".")[1])
        elif isinstance(node, ast.Import):
            names += [alias.name.split(".")[1] for alias in node.names if alias.name.startswith(f"{package}.")]
    return names


def levels(found: Rooms) -> dict[str, int]:
    """How high each room stands: one above the highest that it imports; the ground is 0.

    Raises:
        ValueError: rooms import each other in a circle; the message names them.
    """
    height: dict[str, int] = {}
    while left := found.keys() - height.keys():
        ground = sorted(room for room in left if found[room] <= height.keys())
        if not ground:
            raise ValueError(f"these import each other in a circle: {', '.join(sorted(left))}")
        height |= {room: 1 + max((height[below] for below in found[room]), default=-1) for room in ground}
    return height


def drawing(found: Rooms) -> str:
    """A Mermaid flowchart; an arrow that follows from others is left out, so that it can be read."""
    height = levels(found)
    order = sorted(found, key=lambda room: (-height[room], room))
    lines = ["```mermaid", "flowchart TD"]
    for level in sorted(set(height.values()), reverse=True):
        here = [room for room in order if height[room] == level]
        lines += [f'  subgraph level{level}[" "]', *(f"    {room}" for room in here), "  end"]
    for room in order:
        lines += [f"  {room} --> {below}" for below in sorted(found[room]) if not _through_others(found, room, below)]
    return "\n".join([*lines, "```", ""])


def _through_others(found: Rooms, room: str, below: str) -> bool:
    todo, seen = [other for other in found[room] if other != below], set[str]()
    while todo:
        other = todo.pop()
        if other == below:
            return True
        if other not in seen:
            seen.add(other)
            todo += found[other]
    return False


def page() -> str:
    """docs/architecture.md as it should stand."""
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(_BEGIN) + ".*?" + re.escape(_END), re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{PAGE.name} lacks the place for the rooms: {_BEGIN.strip()} ... {_END.strip()}")
    drawn = f"{_BEGIN}{drawing(rooms(ROOT / 'chassis'))}{_END}"
    return pattern.sub(lambda _: drawn, text)


def stale() -> str:
    """What to do where the drawing is not what the code says; nothing where it is."""
    same = page() == PAGE.read_text(encoding="utf-8")
    return "" if same else "docs/architecture.md draws other rooms than the code has: run `make rooms` and commit it"


def main() -> None:
    """Draw the rooms, or compare the drawing with the code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        PAGE.write_text(page(), encoding="utf-8")
    elif complaint := stale():
        sys.exit(complaint)


if __name__ == "__main__":
    main()
