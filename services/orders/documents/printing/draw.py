"""Draws a document: its texts as JSON on stdin (orders/documents/domain/page.py), a PDF on stdout.

It runs as a process of its own, isolated (python -I) and with nothing of the service's settings: what it takes of the
processor and of memory is limited, and gone afterwards. It imports nothing of this service. The same texts make the
same bytes. Exit 0, or anything else where nothing could be drawn.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import sysconfig
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

MEMORY_BYTES, CPU_SECONDS = 512 << 20, 10
MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT, TOP, BOTTOM = 22 * MM, 190 * MM, 280 * MM, 30 * MM
PLAIN, BOLD = "SourceSansPro-Regular", "SourceSansPro-Bold"
# Not within the file: readers bring them.
JAPANESE, KOREAN = "HeiseiKakuGo-W5", "HYGothic-Medium"
OTHERS = (
    *((KOREAN, "\u1100", "\u11ff"), (KOREAN, "\uac00", "\ud7a3"), (JAPANESE, "\u2e80", "\u9fff")),
    *((JAPANESE, "\uf900", "\ufaff"), (JAPANESE, "\uff00", "\uff60")),
)
BODY, SMALL, LEAST = 9.0, 7.5, 4.5
LEADING = 1.3
# Lines of one cell.
MOST_LINES = 12


def prepare() -> None:
    """Limit this process, and load the fonts."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    fonts = Path(sysconfig.get_path("purelib")) / "font_source_sans_pro" / "files"
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(fonts / f"{name}.ttf")))
    for name in (JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))


@lru_cache(maxsize=4096)
def sign(letter: str, font: str) -> tuple[str, str, float]:
    """The font that has a letter, what is drawn, and its width at size 1: a question mark for what no font has."""
    face: Any = pdfmetrics.getFont(font)
    if ord(letter) in face.face.charToGlyph:
        return font, letter, face.stringWidth(letter, 1)
    for name, first, last in OTHERS:
        if first <= letter <= last:
            return name, letter, 1.0
    return font, "?", face.stringWidth("?", 1)


def width(text: str, font: str, size: float) -> float:
    """How wide a text is."""
    return size * sum(sign(letter, font)[2] for letter in text)


def wrapped(text: str, font: str, size: float, room: float) -> list[str]:
    """Lines of a text that are no wider than the room; a word that is wider is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined, font, size) <= room:
            line = joined
            continue
        lines, line = [*lines, *([line] if line else [])], ""
        for letter in word:
            if line and width(line + letter, font, size) > room:
                lines, line = [*lines, line], ""
            line += letter
    return [*lines, line][:MOST_LINES]


@dataclass
class Sheet:
    """Draws from the top down, and begins a new page where one is full."""

    canvas: Canvas
    page: dict[str, Any]
    pages: int
    number: int = 1
    y: float = TOP
    heads: list[tuple[float, float, dict[str, Any]]] = field(default_factory=list)  # where, how wide, which column

    def text(self, x: float, text: str, size: float = BODY, *, font: str = PLAIN, right: bool = False) -> None:
        """A line at the present height; `right`: that ends at x."""
        x -= width(text, font, size) if right else 0
        run, of = "", font
        for letter in [*text, ""]:
            face, drawn, _ = sign(letter, font) if letter else ("", "", 0.0)
            if face != of and run:
                self.canvas.setFont(of, size)
                self.canvas.drawString(x, self.y, run)
                x, run = x + self.canvas.stringWidth(run, of, size), ""
            run, of = run + drawn, face

    def paragraph(self, x: float, text: str, room: float, size: float = BODY, font: str = PLAIN, most: int = 4) -> None:
        """A text on as many lines as it takes, at most so many."""
        for part in wrapped(text, font, size, room)[:most]:
            self.text(x, part, size, font=font)
            self.y -= size * LEADING

    def line(self, grey: float = 0.75) -> None:
        """A thin line over the whole width."""
        self.canvas.setLineWidth(0.5)
        self.canvas.setStrokeGray(grey)
        self.canvas.line(LEFT, self.y, RIGHT, self.y)

    def room(self, height: float) -> None:
        """Begin a new page where less than this height is left, with the heads of the table again."""
        if self.y - height < BOTTOM:
            self.end_page()
            self.number, self.y = self.number + 1, TOP
            if self.heads:
                self.head_row()

    def end_page(self) -> None:
        """Its foot: who sells, and which page of how many it is."""
        self.y = BOTTOM - 6 * MM
        self.line()
        self.y -= SMALL * LEADING
        shown = self.page["pages"].format(page=self.number, pages=self.pages)
        self.text(RIGHT, shown, SMALL, right=True)
        for line in self.page["footer"]:
            self.paragraph(LEFT, line, RIGHT - LEFT - 25 * MM, SMALL, most=2)
        self.canvas.showPage()

    def head_row(self) -> None:
        """The titles of the columns."""
        self.y -= BODY
        for x, room, column in self.heads:
            right = column["right"]
            self.fitted(x + room if right else x, column["title"], room, size=SMALL, font=BOLD, right=right)
        self.y -= 3
        self.line(0.3)
        self.y -= 2

    def fitted(self, x: float, text: str, room: float, *, size: float, font: str = PLAIN, right: bool = False) -> None:
        """A text on one line, as small as it has to be."""
        wide = width(text, font, size)
        self.text(x, text, max(size * room / wide, LEAST) if wide > room else size, font=font, right=right)

    def head(self) -> None:
        """The sender, whom it is for, the title and the facts."""
        page, first = self.page, True
        for line in page["sender"]:
            self.text(LEFT, line, 13 if first else SMALL, font=BOLD if first else PLAIN)
            self.y, first = self.y - (16 if first else SMALL * LEADING), False
        top = self.y = min(self.y - 10 * MM, TOP - 32 * MM)
        for line in page["recipient"]:
            self.paragraph(LEFT, line, 80 * MM, 10)
        bottom, self.y = self.y, top
        for name, value in page["facts"]:
            self.text(LEFT + 92 * MM, name, SMALL)
            self.paragraph(LEFT + 122 * MM, value, 44 * MM, most=MOST_LINES)
        self.y = min(self.y, bottom) - 12 * MM
        self.paragraph(LEFT, page["title"], RIGHT - LEFT, 15, font=BOLD)

    def table(self) -> None:
        """All rows, on as many pages as it takes."""
        columns, gap, x = self.page["columns"], 2 * MM, LEFT
        fixed = sum(column["width"] * MM for column in columns)
        for column in columns:
            room = column["width"] * MM or RIGHT - LEFT - fixed
            self.heads.append((x, room - gap, column))
            x += room
        self.heads[-1] = (self.heads[-1][0] + gap, self.heads[-1][1], columns[-1])
        self.room(20 * MM)
        self.head_row()
        for row in self.page["rows"]:
            self.row(row)
        self.heads = []

    def row(self, cells: list[str]) -> None:
        """A row of the table, whole on one page."""
        laid = []
        for (x, room, column), cell in zip(self.heads, cells, strict=True):
            if column["right"] or column["width"]:
                laid.append((x, room, column, [(cell, BODY)]))
                continue
            title, _, small = cell.partition("\n")
            parts = [(part, BODY) for part in wrapped(title, PLAIN, BODY, room)]
            parts += [(part, SMALL) for part in wrapped(small, PLAIN, SMALL, room) if part]
            laid.append((x, room, column, parts))
        height = max(len(parts) for *_, parts in laid) * BODY * LEADING + 4
        self.room(height + 2)
        start = self.y - BODY
        for x, room, column, parts in laid:
            self.y = start
            for part, size in parts:
                self.fitted(x + room if column["right"] else x, part, room, size=size, right=column["right"])
                self.y -= BODY * LEADING
        self.y = start + BODY - height
        self.line(0.88)

    def close(self) -> None:
        """The sums, kept together, and the notes."""
        sums, notes = self.page["sums"], self.page["notes"]
        self.room(len(sums) * BODY * 1.5 + 20)
        self.y -= 10
        for at, (name, value) in enumerate(sums, start=1):
            font, size = (BOLD, 11.0) if at == len(sums) else (PLAIN, BODY)
            self.y -= size * 1.5
            self.fitted(RIGHT - 42 * MM, name, 110 * MM, size=size, font=font, right=True)
            self.fitted(RIGHT, value, 38 * MM, size=size, font=font, right=True)
        self.y -= 8 * MM
        for note in notes:
            self.room(4 * BODY * LEADING)
            self.paragraph(LEFT, note, RIGHT - LEFT)
        self.end_page()


def drawn(page: dict[str, Any], pages: int) -> tuple[bytes, int]:
    """A PDF that says how many pages it has, and how many it turned out to have."""
    content = io.BytesIO()
    # invariant: no time of now, and an id that is made of the content.
    canvas = Canvas(content, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, lang=page["language"])
    canvas.setTitle(page["title"])
    canvas.setAuthor(page["author"])
    canvas.setSubject(page["day"])
    sheet = Sheet(canvas, page, pages)
    for part in (sheet.head, sheet.table, sheet.close):
        part()
    canvas.save()
    return content.getvalue(), sheet.number


def main() -> None:
    """Draw once to count the pages, and where there are more than one, once more with their number."""
    prepare()
    page = json.load(sys.stdin)
    content, pages = drawn(page, 1)
    sys.stdout.buffer.write(content if pages == 1 else drawn(page, pages)[0])


if __name__ == "__main__":
    main()
