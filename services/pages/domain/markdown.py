"""Plain text or simple Markdown as HTML: headings, lists, paragraphs, strong words and links. HTML in it stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup, escape

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*")
_ITEM = re.compile(r"\s*(?:[-*+]|(\d{1,9})[.)])\s+(.+)")
_INLINE = re.compile(
    r"\*\*([^*\n]+)\*\*|__([^_\n]+)__|\[([^\]\n]{1,300})\]\(([^()\s]{1,2000})\)"
    r"|(https?://[^\s<>\"')\]]*[^\s<>\"')\].,;:!?])"
)
_SAFE = re.compile(r"(https?://|mailto:|tel:|/(?![/\\]))", re.IGNORECASE)
_FOREIGN = re.compile(r"https?:", re.IGNORECASE)
_DEEPEST = 4
_LONGEST_HEADING = 500


def written(text: str) -> Markup:
    """The page's own heading is the first level, so these begin at the second; none is skipped."""
    level = 1
    parts = []
    for kind, lines in _parts(text.replace("\r\n", "\n").replace("\r", "\n")):
        if kind == "heading":
            marks, words = _matched(_HEADING, lines[0]).groups()
            level = min(len(marks) + 1, level + 1, _DEEPEST)
            parts.append(Markup("<h{0}>{1}</h{0}>").format(level, _inline(words)))
        elif kind == "list":
            parts.append(_list(lines))
        else:
            parts.append(Markup("<p>{}</p>").format(Markup("<br>").join(map(_inline, lines))))
    return Markup("\n").join(parts)


def _parts(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lines of each block, those of one kind together; each heading by itself."""
    for block in re.split(r"\n{2,}", text):
        lines = [line for line in block.split("\n") if line.strip()]
        for kind, together in groupby(lines, _kind):
            if kind == "heading":
                yield from ((kind, [line]) for line in together)
            else:
                yield kind, list(together)


def _kind(line: str) -> str:
    if len(line) <= _LONGEST_HEADING and _HEADING.fullmatch(line):
        return "heading"
    return "list" if _ITEM.fullmatch(line) else "text"


def _list(lines: list[str]) -> Markup:
    items = [_matched(_ITEM, line).groups() for line in lines]
    first = items[0][0]
    rows = Markup().join(Markup("<li>{}</li>").format(_inline(words)) for _, words in items)
    if first is None:
        return Markup("<ul>{}</ul>").format(rows)
    start = Markup("") if first == "1" else Markup(' start="{}"').format(first)
    return Markup("<ol{}>{}</ol>").format(start, rows)


def _inline(text: str) -> Markup:
    found, begin = [], 0
    for match in _INLINE.finditer(text):
        found.append(escape(text[begin : match.start()]))
        begin = match.end()
        strong, too, words, href, address = match.groups()
        if strong or too:
            found.append(Markup("<strong>{}</strong>").format(strong or too))
        elif address or _SAFE.match(href):
            found.append(_link(address or words, address or href))
        else:
            found.append(escape(match[0]))
    return Markup().join([*found, escape(text[begin:])])


def _link(words: str, href: str) -> Markup:
    rel = Markup(' rel="noopener noreferrer"') if _FOREIGN.match(href) else Markup("")
    return Markup('<a href="{}"{}>{}</a>').format(href, rel, words)


def _matched(pattern: re.Pattern[str], line: str) -> re.Match[str]:
    match = pattern.fullmatch(line)
    if match is None:  # its kind says that it fits
        raise ValueError(line)
    return match
