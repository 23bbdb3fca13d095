"""The comments of a class' fields, above a field or behind it. They cost nothing at run time."""

from __future__ import annotations

import ast
import inspect
import io
import textwrap
import tokenize

# Words for tools, not for people; what follows them is a reason for a reader of the code.
_FOR_TOOLS = ("noqa", "type:", "debt(", "nosec", "nosemgrep", "fmt:", "sleeps:")


def of_fields(kind: type) -> dict[str, str]:
    """The comment of each annotated field that the class itself has, by its name; an empty text where there is none."""
    return read(textwrap.dedent(inspect.getsource(kind)))


def read(source: str) -> dict[str, str]:
    """The same for the source of one class."""
    (node,) = (each for each in ast.parse(source).body if isinstance(each, ast.ClassDef))
    above, behind = _comments(source)
    found = {}
    for field in node.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            last = field.end_lineno or field.lineno
            words = [
                *_block_above(above, field.lineno),
                *(behind[at] for at in range(field.lineno, last + 1) if at in behind),
            ]
            found[field.target.id] = " ".join(words)
    return found


def _comments(source: str) -> tuple[dict[int, str], dict[int, str]]:
    """By line: comments that have it for themselves, and those behind code."""
    above: dict[int, str] = {}
    behind: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        text = token.string.lstrip("# ").strip()
        if token.type == tokenize.COMMENT and not text.startswith(_FOR_TOOLS):
            alone = not token.line[: token.start[1]].strip()
            (above if alone else behind)[token.start[0]] = text
    return above, behind


def _block_above(comments: dict[int, str], line: int) -> list[str]:
    first = line
    while first - 1 in comments:
        first -= 1
    return [comments[at] for at in range(first, line)]
