"""Each page of docs begins with its title, then with a line that says for whom it is: `For operators: how ...`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.documents import sources

# One form for a whole folder, and its README says for whom: a page of it would only repeat that.
ALIKE = ("docs/runbooks/", "docs/decisions/")
_LINE = re.compile(r"For ([^:]{3,120}): (\S.*)")


def complaints(root: Path) -> list[str]:
    """A complaint about each page without a title, or without its readers."""
    return [
        f"{name}:{line}: {what}"
        for name in sources.pages(root)
        if name.startswith(sources.DOCS)
        for line, what in _page(name, (root / name).read_text(encoding="utf-8"))
    ]


def _page(name: str, text: str) -> Iterator[tuple[int, str]]:
    lines = text.splitlines()
    if not lines or not lines[0].startswith("# "):
        yield 1, "begin the page with its title: `# Title`"
        return
    if name.startswith(ALIKE) and not name.endswith("README.md"):
        return
    number = next((at for at, line in enumerate(lines[1:], start=2) if line.strip()), 1)
    if not _LINE.match(lines[number - 1]):
        yield number, "say below the title for whom the page is: `For <readers>: <what it gives them>.`"


def of(text: str) -> tuple[str, str]:
    """A page's readers, and what it gives them; two empty texts where it does not say so."""
    for paragraph in text.split("\n\n")[:2]:
        lines = [line for line in paragraph.splitlines() if not line.startswith("# ")]
        if found := _LINE.match(" ".join(lines).strip()):
            return found[1], found[2]
    return "", ""


def title(text: str) -> str:
    """A page's title; an empty text where it has none."""
    return text.split("\n", 1)[0].removeprefix("# ").strip() if text.startswith("# ") else ""
