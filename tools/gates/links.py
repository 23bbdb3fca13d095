"""Links between our own pages: the file, the folder or the heading that a link names must exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from tools.gates import tree

FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
INLINE = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_LINK = re.compile(r"\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|^\[[^\]]+\]:\s*(\S+)$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def slug(heading: str) -> str:
    """The name that GitHub gives to a heading without links, if no earlier one has the same words."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def prose(text: str) -> str:
    """A page without its blocks of code, its other lines where they were."""
    return FENCE.sub(lambda block: "\n" * block[0].count("\n"), text)


def unlinked(text: str) -> str:
    """A text with the words of its links alone."""
    return INLINE.sub(r"\1", text)


def anchors(page: Path) -> list[str]:
    """The names that GitHub gives to a page's headings."""
    found: list[str] = []
    for heading in _HEADING.findall(prose(page.read_text(encoding="utf-8"))):
        words = slug(unlinked(heading))
        earlier = sum(name == words or re.fullmatch(rf"{re.escape(words)}-\d+", name) is not None for name in found)
        found.append(f"{words}-{earlier}" if earlier else words)
    return found


def dead(root: Path = tree.ROOT) -> list[str]:
    """A complaint about each link that leads nowhere. A file that git does not take is none for those who clone."""
    names = tree.files(root)
    there = {(root / name).resolve() for name in names}
    there |= {folder for path in there for folder in path.parents}
    known = cache(anchors)
    return [
        f"{name}:{line}: {link} leads nowhere"
        for name in names
        if name.endswith(".md")
        for line, link in own((root / name).read_text(encoding="utf-8"))
        if not _leads_somewhere(root / name, link, there, known)
    ]


def own(text: str) -> Iterator[tuple[int, str]]:
    """The links of a page that lead to this repository, with their lines."""
    shown = SPAN.sub("", prose(text))
    for found in _LINK.finditer(shown):
        link = found[1] or found[2]
        if not re.match(r"[a-z]+:", link):
            yield shown.count("\n", 0, found.start()) + 1, link


def _leads_somewhere(page: Path, link: str, there: set[Path], known: Callable[[Path], list[str]]) -> bool:
    place, _, anchor = unquote(link).partition("#")
    target = (page.parent / place).resolve() if place else page.resolve()
    if target not in there:
        return False
    return not anchor or (target.suffix == ".md" and anchor in known(target))
