"""Modules of the storefront: without their comments, and which of them a page loads."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

# At the beginning of a line: `import ... from "./x.js"`, `export ... from "./x.js"`, `import "./x.js"`.
_STATIC = re.compile(r"""^(?:import|export)\b[^;'"]*?(?:\bfrom\s*)?["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)
MAIN, _PAGES = "js/main.js", "js/pages.js"
# A line of pages.js: the name of a page, and the module that makes it work.
_VIEW = re.compile(r"""^  (\w+): \{ kind: "\w+", view: \(\) => import\("\./(views/\w+\.js)"\) \},$""", re.MULTILINE)


def without_comments(source: str) -> str:
    """A script without the lines that are comments alone. What stands beside code, or inside of a text, stays."""
    kept: list[str] = []
    inside, ticks = False, 0
    for line in source.split("\n"):
        bare = line.strip()
        if inside:
            inside = "*/" not in bare
            continue
        # In a text between backticks a line may look like a comment.
        if ticks % 2 == 0 and bare.startswith("//"):
            continue
        if ticks % 2 == 0 and bare.startswith("/*") and (bare.endswith("*/") or "*/" not in bare):
            inside = not bare.endswith("*/")
            continue
        ticks += line.count("`") - line.count("\\`")
        if bare or ticks % 2:
            kept.append(line)
    return "\n".join(kept) + "\n"


def imported(name: str, source: str) -> list[str]:
    """The files that a module imports before it runs."""
    folder = posixpath.dirname(name)
    return [posixpath.normpath(posixpath.join(folder, path)) for path in _STATIC.findall(source)]


def closures(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """The modules of each page by its name, those of every page under an empty name; always in the same order."""
    views = {page: f"js/{path}" for page, path in _VIEW.findall(sources.get(_PAGES, ""))}
    return {"": closure([MAIN], sources)} | {page: closure([MAIN, view], sources) for page, view in views.items()}


def closure(begun: Iterable[str], sources: Mapping[str, str]) -> list[str]:
    """These modules and all that they import, each once; a file that there is not is left out."""
    found: list[str] = []
    waiting = [*begun]
    while waiting:
        name = waiting.pop(0)
        if name in found or name not in sources:
            continue
        found.append(name)
        waiting += imported(name, sources[name])
    return found
