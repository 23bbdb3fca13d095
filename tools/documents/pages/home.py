"""The lists in docs/README.md: by reader the guide to begin with, and all documents, from what each says of itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from tools.documents import marked, navigation, readers, sources
from tools.gates import links
from tools.gates.tree import ROOT
from tools.reference.tables import table

HOME = "docs/README.md"


def pages() -> dict[str, str]:
    """The home of the documents."""
    texts = {
        uri: (ROOT / name).read_text(encoding="utf-8")
        for name, uri in sources.pages(ROOT).items()
        if name.startswith(sources.DOCS)
    }
    text = (ROOT / HOME).read_text(encoding="utf-8")
    text = marked.replaced(text, "readers", by_reader(texts))
    return {HOME: marked.replaced(text, "documents", everything(texts))}


def by_reader(texts: Mapping[str, str]) -> str:
    """A table of the guides, by whom each is for."""
    guides = [uri for uri in texts if posixpath.dirname(uri) == "guides" and readers.of(texts[uri])[0]]
    found = sorted((readers.of(texts[uri])[0], f"[{readers.title(texts[uri])}]({uri})") for uri in guides)
    return table(("you are", "begin with"), found)


def everything(texts: Mapping[str, str]) -> str:
    """All documents by section; of a folder with a README that alone, since it lists the others."""
    parts = []
    for section in navigation.ordered(texts):
        ((title, items),) = section.items() if isinstance(section, dict) else ((section, []),)
        lines = [_line(uri, texts[uri]) for uri in _first(items, texts) if uri != "README.md"]
        parts.append("\n".join([f"### {title}", "", *lines]))
    return "\n\n".join(parts)


def _first(items: str | list[navigation.Item], texts: Mapping[str, str]) -> Iterator[str]:
    """The pages of a section that stand for themselves or for their folder."""
    if isinstance(items, str):
        yield items
        return
    index = items[0] if items and isinstance(items[0], str) and items[0].endswith("/README.md") else None
    if isinstance(index, str):
        yield index
        return
    for item in items:
        if isinstance(item, str):
            yield item
        else:
            for inside in item.values():
                yield from _first(inside, texts)


def _line(uri: str, text: str) -> str:
    who, what = readers.of(text)
    link = f"- [{readers.title(text) or uri}]({uri})"
    # Without its links, which lead from where that page stands.
    return f"{link}, for {who}: {links.unlinked(what)}" if who else link
