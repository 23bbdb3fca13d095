"""A page of Markdown as what it tells its reader to do: commands to run and files to write, in their order."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(r"^(?P<indent>[ >]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
# The last words before a block that is a file: "in `services/x/service.yaml`:".
_FILE = re.compile(r"`(?P<path>[\w./-]+)`:\s*$")
RUN, FAILS, ELSEWHERE, OUTPUT = "sh", "sh fails", "sh elsewhere", "text"


class PageError(Exception):
    """A page is not written as a runnable page must be; the message names page, line and what to write."""


class Commands(NamedTuple):
    """Commands for a shell. `line` is that of the first; `expected` are the lines of the output that the page shows."""

    line: int
    text: str
    fails: bool = False
    expected: tuple[tuple[int, str], ...] = ()


class Written(NamedTuple):
    """A file that the reader writes."""

    line: int
    path: str
    text: str


class _Block(NamedTuple):
    line: int
    info: str
    content: tuple[str, ...]
    before: str  # the text between the block before and this one


def steps(page: Path) -> list[Commands | Written]:
    """What the page tells to do.

    Raises:
        PageError: a block has no language, an unknown word after `sh`, no end, or is a `text` that follows no commands.
    """
    found: list[Commands | Written] = []
    follows = ""  # the words of the block before
    for block in _blocks(page):
        info = " ".join(block.info.split())
        if info in {RUN, FAILS}:
            found.append(Commands(block.line, _text(block), fails=info == FAILS))
        elif info == OUTPUT:
            if _compared(page, block, follows) and isinstance(found[-1], Commands):
                found[-1] = found[-1]._replace(expected=_shown(block))
        elif info.split()[0] == "sh" and info != ELSEWHERE:
            raise PageError(f"{page}:{block.line - 1}: `{info}`: after sh may stand `elsewhere` or `fails`")
        elif info != ELSEWHERE and (named := _FILE.search(block.before)):
            found.append(Written(block.line, named["path"], _text(block)))
        follows = info
    return found


def _compared(page: Path, block: _Block, follows: str) -> bool:
    """Whether this `text` is the output of commands that are run."""
    if block.before.strip() or follows not in {RUN, FAILS, ELSEWHERE}:
        raise PageError(
            f"{page}:{block.line - 1}: a block `text` is the output of the block `sh` directly before it; "
            "what is no output has another language, such as `yaml` or `none`"
        )
    return follows != ELSEWHERE


def _shown(block: _Block) -> tuple[tuple[int, str], ...]:
    return tuple((block.line + number, line) for number, line in enumerate(block.content) if line.strip())


def _text(block: _Block) -> str:
    return "".join(f"{line}\n" for line in block.content)


def _blocks(page: Path) -> list[_Block]:
    """The fenced blocks of a page, without their indentation."""
    found, before = [], list[str]()
    lines = enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
    for number, line in lines:
        opening = _FENCE.match(line)
        if opening is None:
            before.append(line)
            continue
        if not opening["info"].strip():
            raise PageError(f"{page}:{number}: a block without a language: write `sh`, `sh elsewhere`, `text`, ...")
        content = list[str]()
        for _, inside in lines:
            if inside.strip() == opening["fence"]:
                break
            content.append(inside.removeprefix(opening["indent"]))
        else:
            raise PageError(f"{page}:{number}: this block has no end")
        found.append(_Block(number + 1, opening["info"].strip(), tuple(content), "\n".join(before)))
        before = []
    return found
