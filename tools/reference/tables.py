"""Tables and heads of generated pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; line breaks and bars in a cell are made harmless."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) + "\n"


def rows(names: str, lines: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, whose head is given in words or with commas between its parts."""
    yield from table(names.split("," if "," in names else None), lines).splitlines()


def quoted(text: str) -> str:
    """A text as it may stand within the marks of code."""
    return text.replace("`", "'")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\|", "|").replace("|", "\\|")


def head(title: str, readers: str, made_from: str) -> str:
    """The first lines of a generated page: for whom it is, and what it is made from."""
    return f"# {title}\n\nFor {readers}\n\nMade from {made_from} by `make docs ARGS=--write`.\n"


def code(values: Iterable[object]) -> str:
    """Values as code, with commas between them."""
    return ", ".join(f"`{value}`" for value in values)
