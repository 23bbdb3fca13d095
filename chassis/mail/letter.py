"""A mail as text, and the same as HTML, of one template, so that neither says what the other does not.

A template is plain text. Its paragraphs stand between empty lines. One that comes out empty is left out; one that names
a table alone ($lines) is a table in HTML; one of the form [Words]($link) is a button there. All that is put in is
escaped in HTML, and so is the template's own text: no HTML can be written in either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template

import msgspec

# A row of a table in HTML, a line in text: what, and how much.
Row = tuple[str, str]
# A line that is an address, alone: a link in HTML.
_LINK = re.compile(r"https?://[^\s<>\"']+")
_BUTTON = re.compile(r"\[([^\]\n]{1,100})\]\((\$\w+|https?://[^\s<>\"'()$]+)\)")
# The table that stands under a line.
_RULED = "sums"


class Letterhead(msgspec.Struct, frozen=True):
    """How the shop looks in its mails. `foot`: the lines below them, its name first."""

    name: str
    colour: str
    logo_url: str
    foot: tuple[str, ...]


class Words(msgspec.Struct, frozen=True):
    """What a mail says: the subject, and the paragraphs of its text; both with placeholders."""

    subject: str
    paragraphs: tuple[str, ...]

    @classmethod
    def of(cls, subject: str, body: str) -> Words:
        """Of a text whose paragraphs stand between empty lines."""
        lines = "\n".join(line.rstrip() for line in body.strip().splitlines())
        return cls(subject, tuple(part for part in re.split(r"\n{2,}", lines) if part))

    @property
    def body(self) -> str:
        """The whole text."""
        return "\n\n".join(self.paragraphs)


class Written(msgspec.Struct, frozen=True):
    """A mail before it has an address."""

    language: str
    subject: str
    text: str
    html: str


@cache
def built_in(path: Path) -> Words:
    """The template of a file: its first paragraph is the subject."""
    subject, _, body = path.read_text(encoding="utf-8").strip().partition("\n\n")
    return Words.of(subject, body)


def write(
    words: Words,
    language: str,
    head: Letterhead,
    values: Mapping[str, str],
    tables: Mapping[str, Sequence[Row]] = {},
) -> Written:
    """The mail with these values in the place of the names in it.

    Raises:
        KeyError, ValueError: the template names what there is not, or a $ stands alone.
    """
    subject = " ".join(Template(words.subject).substitute(values).split())
    parts = [_part(each, values, tables, head.colour) for each in words.paragraphs]
    text = [*(plain for plain, _ in parts if plain), "-- \n" + "\n".join(head.foot)]
    page = _frame().substitute(
        language=language,
        subject=escape(subject),
        colour=head.colour,
        brand=_brand(head),
        content="\n".join(html for _, html in parts if html),
        foot="<br>".join(map(escape, head.foot)),
    )
    return Written(language, subject, "\n\n".join(text) + "\n", page)


def _part(
    paragraph: str, values: Mapping[str, str], tables: Mapping[str, Sequence[Row]], colour: str
) -> tuple[str, str]:
    """A paragraph as text and as HTML; both empty where nothing is left of it."""
    if paragraph.startswith("$") and paragraph[1:] in tables:
        rows = tables[paragraph[1:]]
        plain = "\n".join(f"{what}: {much}" if much else what for what, much in rows)
        return plain, _table(rows, ruled=paragraph[1:] == _RULED)
    if button := _BUTTON.fullmatch(paragraph):
        title, link = (Template(part).substitute(values) for part in button.groups())
        if _LINK.fullmatch(link) or not link:
            return (f"{title}:\n{link}", _button(title, link, colour)) if link else ("", "")
    plain = Template(paragraph).substitute(values).strip()
    inner = "<br>\n".join(_line(line, colour) for line in plain.split("\n"))
    return plain, f"<p>{inner}</p>" if inner else ""


def _line(line: str, colour: str) -> str:
    if not _LINK.fullmatch(line):
        return escape(line)
    return f'<a href="{escape(line)}" style="color: {colour}">{escape(line)}</a>'


def _button(title: str, link: str, colour: str) -> str:
    style = "display: inline-block; padding: .75em 1.4em; border-radius: 4px;"
    style += f" background: {colour}; color: {_on(colour)}"
    return (
        f'<p style="margin: 2em 0"><a href="{escape(link)}" style="{style}; text-decoration: none; font-weight: bold">'
        f'{escape(title)}</a></p>\n<p style="font-size: 0.85em; word-break: break-all">{escape(link)}</p>'
    )


def _on(colour: str) -> str:
    """Black or white, whichever is read better on this colour (WCAG 2: relative luminance)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return "#000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#fff"


def _table(rows: Sequence[Row], *, ruled: bool) -> str:
    """`ruled`: under a line."""
    cells = (f'<tr><td>{escape(what)}</td><td align="right">{escape(much)}</td></tr>' for what, much in rows)
    style = ' style="border-top: 1px solid #ccc"' if ruled else ""
    inner = "\n".join(cells)
    return f'<table cellpadding="4" width="100%"{style}>\n{inner}\n</table>' if inner else ""


def _brand(head: Letterhead) -> str:
    if not head.logo_url:
        return escape(head.name)
    return f'<img src="{escape(head.logo_url)}" alt="{escape(head.name)}" height="40">'


@cache
def _frame() -> Template:
    return Template(Path(__file__).with_name("frame.html").read_text(encoding="utf-8"))
