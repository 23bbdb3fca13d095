"""What two documents say in the same words: one says it, and the other links to it.

Compared are paragraphs, items of lists and rows of tables, by runs of WORDS words; and blocks of code of several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tools.documents import marked, sources
from tools.gates import links

# Fewer are the same by chance: names of commands, of columns, of a table's head.
WORDS = 12
# These repeat the same words on purpose. Runbooks have one form: whoever is woken reads one page, and finds each thing
# in its place. The tables of a module are made from its variables, which others have under the same names. The
# changelog says what is new as its page says it.
FORMS = ("docs/runbooks/", "deploy/terraform/modules/", "CHANGELOG.md")
# Pages that are made of one source cannot differ from each other.
_MADE = re.compile(r"^Made from .* by `make docs ARGS=--write`", re.MULTILINE)
_WORD = re.compile(r"[\w./:=-]*\w")
_BREAK = re.compile(r"^\s*(?:[-*+]|\d+[.)]|\||#)")


class Part(NamedTuple):
    """A paragraph, item, row or block of code: where it stands, and its words."""

    page: str
    line: int
    words: tuple[str, ...]
    code: bool


def complaints(root: Path) -> list[str]:
    """A complaint about each part that another page says, too."""
    texts = {name: (root / name).read_text(encoding="utf-8") for name in sources.pages(root)}
    return [*repeated({name: text for name, text in texts.items() if not name.startswith(FORMS)})]


def repeated(texts: Mapping[str, str]) -> Iterator[str]:
    """The same for texts by the names of their pages."""
    seen: dict[tuple[str, ...], Part] = {}
    made = {name for name, text in texts.items() if _MADE.search(text)}
    for name in sorted(texts, key=lambda name: (name not in made, name)):
        for part in _parts(name, marked.blanked(texts[name])):
            others = (seen[run] for run in _runs(part) if run in seen and name not in made)
            other = next((each for each in others if each.page != name), None)
            for run in _runs(part):
                seen.setdefault(run, part)
            if other:
                said = f"{other.page}:{other.line} says it, too"
                yield f"{name}:{part.line}: {said}: {_quote(part, other)}: keep one, and link to it from the other"


def _runs(part: Part) -> list[tuple[str, ...]]:
    """What is compared: runs of words, and of code the whole."""
    if part.code:
        return [part.words]
    return [part.words[at : at + WORDS] for at in range(len(part.words) - WORDS + 1)]


def _quote(part: Part, other: Part) -> str:
    """The first words that both have."""
    theirs = set(_runs(other))
    return f'"{" ".join(next(run for run in _runs(part) if run in theirs)[:WORDS])} ..."'


def _parts(name: str, text: str) -> Iterator[Part]:
    for block in links.FENCE.finditer(text):
        lines = [line.strip() for line in block[0].splitlines()[1:-1] if line.strip()]
        if len(lines) > 1:
            yield Part(name, text.count("\n", 0, block.start()) + 1, tuple(lines), code=True)
    first, gathered = 1, list[str]()
    for number, line in enumerate([*links.prose(text).splitlines(), ""], start=1):
        if not line.strip() or _BREAK.match(line):
            if gathered and not gathered[0].startswith("#"):  # a list of pages names their titles
                yield Part(name, first, _words(" ".join(gathered)), code=False)
            gathered = []
        if line.strip():
            first = first if gathered else number
            gathered.append(line)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(links.unlinked(text)))
