"""A page of documentation as what it tells to do: files to write and commands to run, in their order."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
# The last words before a block that is a file: "in `services/x/service.yaml`:".
_FILE = re.compile(r"`(?P<path>[\w./-]+)`:\s*$")


class Step(NamedTuple):
    """`path` is None for commands."""

    path: str | None
    text: str


def steps(page: Path) -> list[Step]:
    """The blocks of a page of Markdown. A block that is neither is an error: nobody could tell what to do with it."""
    text = page.read_text(encoding="utf-8")
    found = []
    for block in _FENCE.finditer(text):
        content = "".join(line.removeprefix(block["indent"]) for line in block["text"].splitlines(keepends=True))
        named = _FILE.search(text[: block.start()])
        if block["kind"] == "sh":
            found.append(Step(None, content))
        elif named:
            found.append(Step(named["path"], content))
        else:
            raise ValueError(f"a block of {page.name} is neither commands (sh) nor a named file:\n{content}")
    return found
