"""docs/reference/problems.md: every type of problem that an answer may have."""

from __future__ import annotations

from collections.abc import Iterable

from mercat.edge.error_page import PROBLEMS
from tools.reference import problem_types
from tools.reference.problem_types import Kind
from tools.reference.tables import head, table

PAGE = "docs/reference/problems.md"
_READERS = "developers of front ends and back ends: every `type` of a refusal, what it means, and what to do about it."
_FROM = "the classes of problems in the code"
_ABOUT = """
The form of a problem, and what each status asks for in general: [errors](../guides/front-end.md#errors).

A `type` is a name and no address: RFC 9457 lets it be a relative reference, and nothing is served there. Compare
the whole text. It keeps its meaning within a version of the API, and more may be added; take one that you do not
know by its status. Some have extensions: fields beside those that every problem has.

**Lasting** says that the refusal is the answer to its `Idempotency-Key`: the same request with that key is refused
the same way, for as long as the key is kept.
"""
_EDGE = """
## Of the edge

Where no service can answer, the edge does, with the same types: {same}. One is its own:

"""


def pages() -> dict[str, str]:
    """The page of problems."""
    kinds = problem_types.declared()
    services = sorted({kind.owner for kind in kinds} - {"chassis"})
    parts = [head("Problems", _READERS, _FROM), _ABOUT]
    parts.append(f"\n## Of every service\n\n{_table(kind for kind in kinds if kind.owner == 'chassis')}")
    parts += [f"\n## Of {name}\n\n{_table(kind for kind in kinds if kind.owner == name)}" for name in services]
    return {PAGE: "".join([*parts, _edge({kind.type for kind in kinds})])}


def _table(kinds: Iterable[Kind]) -> str:
    rows = [
        (
            f"`{kind.type}`",
            str(kind.status),
            kind.title,
            kind.meaning + (" **Lasting.**" if kind.final else ""),
            kind.todo,
        )
        for kind in kinds
    ]
    return table(("type", "status", "title", "meaning", "what to do"), rows)


def _edge(known: set[str]) -> str:
    same = ", ".join(f"`{name}`" for name in sorted({name for name, *_ in PROBLEMS.values()} & known))
    own = [
        (f"`{name}`", str(status), title, detail)
        for status, (name, title, detail) in PROBLEMS.items()
        if name not in known
    ]
    return _EDGE.format(same=same) + table(("type", "status", "title", "what to do"), own)
