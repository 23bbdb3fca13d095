"""The commands that a page of docs/aws prints, one by one, for test_walk.py."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

_BLOCK = re.compile(r"^```sh\n([\s\S]*?)^```$|[Tt]he commands[^`\[]*\[[^\]]*\]\(([^)]+)\)", re.MULTILINE)
_SPAN = re.compile(r"`((?:make|terraform) [^`\n]+)`")
# Where the shell looks for a program: at the start of a line, after ; | & ( and do, behind assignments.
_PROGRAM = re.compile(r"(?:^|[;|&(])\s*(?:(?:do|then)\s+)?(?:\w+=[^\s$;]*\s+)*(?!\w+=)([\w./-]+)", re.MULTILINE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_KEYWORDS = {"for", "do", "done", "if", "then", "fi"}


def blocks(page: Path) -> Iterator[list[str]]:
    """The commands of each `sh` block; where a page says that the commands are in another one, that one's blocks."""
    for block, link in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if link:
            yield from blocks(page.parent / link)
        else:
            yield list(commands(block))


def commands(block: str) -> Iterator[str]:
    """A command is the fewest lines that the shell takes as whole."""
    lines: list[str] = []
    for line in block.splitlines():
        lines.append(line)
        text = "\n".join(lines).strip()
        whole = subprocess.run(["sh", "-n"], input=text, text=True, capture_output=True, check=False).returncode == 0
        if whole and not text.endswith("\\"):
            if text:
                yield re.sub(r"\s+#\s.*$", "", text) if "\n" not in text else text
            lines = []
    assert not lines, f"the shell does not understand: {lines}"


def programs(command: str) -> set[str]:
    """The programs that a command calls, also inside of loops, pipes and substitutions."""
    bare = re.sub(r"\s#\s.*$", "", _QUOTED.sub("''", command), flags=re.MULTILINE).replace("\\\n", " ")
    return set(_PROGRAM.findall(bare)) - _KEYWORDS


def spans(text: str) -> list[str]:
    """The commands of make and Terraform in running text and in tables."""
    return _SPAN.findall(re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE))
