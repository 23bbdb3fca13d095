"""Pages are written as GitHub reads them (CommonMark); the site's converter wants more room around some blocks.

It wants four spaces below an item of a list, where GitHub takes two or three, and an empty line before a list or a
table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tools.gates import links

_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?: {1,4}(?=\S)|$)")
_INDENT = 4
_ROOM = {"bullet_list_open", "ordered_list_open", "table_open", "fence"}


def roomy(text: str) -> str:
    """The same page with the room that the site's converter wants."""
    lines = text.split("\n")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    cut, depth = _indents(lines, tokens)
    _plain_words(lines, tokens)
    apart = _apart(lines, tokens)
    found: list[str] = []
    for number, line in enumerate(lines):
        if number in apart and found and found[-1].strip():
            found.append("")
        found.append(" " * _INDENT * depth[number] + line[cut[number] :] if line.strip() else "")
    return "\n".join(found)


def _plain_words(lines: list[str], tokens: Iterable[Token]) -> None:
    """Of a block of code its language alone; in tables a bar in code without its backslash, which GitHub leaves out."""
    for token in tokens:
        if token.type == "fence" and token.map and " " in token.info.strip():
            lines[token.map[0]] = lines[token.map[0]].replace(token.info, token.info.split()[0])
        if token.type == "table_open" and token.map:
            for number in range(*token.map):
                lines[number] = links.SPAN.sub(lambda code: code[0].replace(r"\|", "|"), lines[number])


def _apart(lines: list[str], tokens: Iterable[Token]) -> set[int]:
    """The lines that want an empty one before: lists, tables, code; what follows these, or an item of several parts."""
    found = set()
    nested = 0
    for token in tokens:
        nested += token.nesting if token.type in {"bullet_list_open", "ordered_list_open"} else 0
        nested += token.nesting if token.type in {"bullet_list_close", "ordered_list_close"} else 0
        if not token.map:
            continue
        first, end = token.map
        if token.type in _ROOM and (nested <= 1 or token.type == "table_open"):
            found.add(first)
            found.add(end)
        if token.type == "list_item_open" and any(not line.strip() for line in lines[first:end]):
            found.add(end)
    return found


def _indents(lines: list[str], tokens: Iterable[Token]) -> tuple[list[int], list[int]]:
    """For each line, how many of its spaces are those of the items around it, and how many items these are."""
    cut, depth = [0] * len(lines), [0] * len(lines)
    for token in tokens:
        if token.type != "list_item_open" or not token.map:
            continue
        first, end = token.map
        marker = _ITEM.match(lines[first][cut[first] :])
        if marker is None:
            continue
        width = cut[first] + marker.end()
        inside = depth[first] + 1
        cut[first] += len(marker[0]) - len(marker[0].lstrip())
        for number in range(first + 1, end):
            if len(lines[number]) - len(lines[number].lstrip()) >= width:
                cut[number], depth[number] = width, inside
    return cut, depth
