"""Pages that no other page leads to: whoever begins at the README or at the home of the documents never finds them."""

from __future__ import annotations

import posixpath
from pathlib import Path
from urllib.parse import unquote

from tools.documents import sources
from tools.gates import links

STARTS = ("README.md", "docs/README.md")


def complaints(root: Path) -> list[str]:
    """A complaint about each page that cannot be reached by links."""
    texts = {name: (root / name).read_text(encoding="utf-8") for name in sources.pages(root)}
    found, waiting = set[str](), [name for name in STARTS if name in texts]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [page for page in _led_to(name, texts[name]) if page in texts]
    return [
        f"{name}:1: no page leads here: link to it from the README of its folder, or of the one above"
        for name in texts
        if name not in found
    ]


def _led_to(name: str, text: str) -> list[str]:
    """The pages that a page links to; a folder's link leads to its README."""
    places = [unquote(link).partition("#")[0] for _, link in links.own(text)]
    targets = [posixpath.normpath(posixpath.join(posixpath.dirname(name), place)) for place in places if place]
    return [page for target in targets for page in (target, f"{target}/README.md")]
