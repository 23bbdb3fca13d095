"""`python -m tools.rooms` writes the diagram of the chassis' rooms into docs/architecture.md, from its imports.

A room is a folder of the chassis. `make check` compares the diagram with the code.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
_BEGIN, _END = "<!-- rooms: make rooms -->\n", "<!-- rooms end -->\n"
# They import every room.
_LEFT_OUT = {"tests", "testing"}

Rooms = dict[str, set[str]]


def rooms(folder: Path) -> Rooms:
    """Each room of a package (a folder or module in it), with the rooms that it imports."""
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
    """The level of each room, in the order of their imports: one above the highest that it imports, from 0.

    Raises:
        ValueError: rooms import each other in a cycle; the message names them.
    """
    height: dict[str, int] = {}
    try:
        for room in TopologicalSorter(found).static_order():
            height[room] = 1 + max((height[below] for below in found[room]), default=-1)
    except CycleError as error:
        raise ValueError(f"these import each other in a circle: {', '.join(sorted({*error.args[1]}))}") from None
    return height


def drawing(found: Rooms) -> str:
    """A Mermaid flowchart, without arrows that follow from other arrows."""
    height = levels(found)
    order = sorted(found, key=lambda room: (-height[room], room))
    lines = ["```mermaid", "flowchart TD"]
    for level in sorted(set(height.values()), reverse=True):
        here = [room for room in order if height[room] == level]
        lines += [f'  subgraph level{level}[" "]', *(f"    {room}" for room in here), "  end"]
    reachable: Rooms = {}
    for room in height:
        reachable[room] = found[room].union(*(reachable[below] for below in found[room]))
    for room in order:
        indirect = set[str]().union(*(reachable[below] for below in found[room]))
        lines += [f"  {room} --> {below}" for below in sorted(found[room] - indirect)]
    return "\n".join([*lines, "```", ""])


def page() -> str:
    """The new content of docs/architecture.md."""
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(_BEGIN) + ".*?" + re.escape(_END), re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{PAGE.name} lacks the place for the rooms: {_BEGIN.strip()} ... {_END.strip()}")
    drawn = f"{_BEGIN}{drawing(rooms(ROOT / 'chassis'))}{_END}"
    return pattern.sub(lambda _: drawn, text)


def stale() -> str:
    """A complaint if the diagram differs from the code, else an empty text."""
    same = page() == PAGE.read_text(encoding="utf-8")
    return "" if same else "the diagram in docs/architecture.md differs from the code: run `make rooms` and commit it"


def main() -> None:
    """Write the diagram."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
