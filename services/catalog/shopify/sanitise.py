"""Product descriptions by allow-list: what comes out was written here, tag by tag, with all text escaped."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from catalog.shopify.model import MAX_HTML, MAX_URL
from catalog.shopify.text import clean_block, words

_KEPT = frozenset({"p", "br", "ul", "ol", "li", "strong", "em", "b", "i", "h2", "h3", "h4", "a"})
_RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4"} | dict.fromkeys(
    words(
        "div section article header footer main aside nav table tr caption blockquote dl dt dd figure figcaption "
        "pre address form fieldset hr center"
    ),
    "p",
)
_BLOCKS = frozenset({"p", "ul", "ol", "h2", "h3", "h4"})
_CELLS = frozenset({"td", "th", "option"})
# Dropped with all they hold: none of it is text for a reader.
_SWALLOWED = words(
    "script style iframe object noscript noembed noframes template svg math textarea select title audio video "
    "canvas applet xmp plaintext"
)
# Dropped without a word: the text loses nothing.
_NEUTRAL = words("span font u small big sub sup html body tbody thead tfoot colgroup col meta link wbr")
_EMPTY = re.compile(r'<(p|ul|ol|li|strong|em|b|i|h[234]|a)(?: href="[^"]*")?>(\s*)</\1>')
_MAX_DEPTH = 20
_MAX_RAW = 5 * MAX_HTML
_MAX_SIGNS = 20_000  # "<" and "&": beyond any description, and html.parser is quadratic on some garbage
_UNSEEN = re.compile("[\\x00-\\x20\\x7f-\\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")


def sanitise_html(raw: str) -> tuple[str, bool]:
    """The description as safe HTML, and whether anything a reader would miss was left out.

    The result holds only p br ul ol li strong em b i h2 h3 h4 and a[href: http, https, mailto], balanced, at most
    MAX_HTML characters, and comes back unchanged from a second pass. Never raises.
    """
    text = clean_block(raw[:_MAX_RAW])
    if "<" not in text and "&" not in text and ">" not in text:
        cut = text[:MAX_HTML].rstrip()
        return cut, len(cut) < len(raw.strip())
    if text.count("<") + text.count("&") > _MAX_SIGNS:
        text = html.escape(re.sub(r"<[^<>]{0,2000}>", " ", text), quote=False)[:MAX_HTML]
        return text.rpartition("&")[0] if len(text) == MAX_HTML else text, True
    builder = _Builder()
    # No close(): it would scan again from every "<" for an end that is not there. A browser drops such a rest too.
    builder.feed(_without_declarations(text) + "\n")
    return builder.result(), builder.lost or bool(builder.rawdata) or len(raw) > _MAX_RAW


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lost = False
        self._out: list[str] = []
        self._size = 0
        self._open: list[str] = []
        self._swallowing = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._swallowing:
            self._depth += tag == self._swallowing
            return
        if tag in _SWALLOWED:
            self._swallowing, self._depth, self.lost = tag, 1, True
            return
        if tag in _CELLS:
            self.handle_data(" ")
        tag = _RENAMED.get(tag, tag)
        if tag not in _KEPT:
            self.lost |= tag not in _NEUTRAL | _CELLS
        elif tag == "br":
            self._write("<br>")
        elif tag == "a":
            self._open_link(attrs)
        else:
            self._close_implied(tag)
            self._push(tag, f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if self._swallowing:
            self._depth -= tag == self._swallowing
            if not self._depth:
                self._swallowing = ""
            return
        tag = _RENAMED.get(tag, tag)
        if tag in self._open:
            self._close_through(tag)

    def handle_data(self, data: str) -> None:
        if not self._swallowing:
            self._write(html.escape(clean_block(f"x{data}x")[1:-1], quote=False))

    def result(self) -> str:
        """The HTML so far, balanced."""
        ends = (f"</{tag}>" for tag in reversed(self._open))
        text, found = "".join(["".join(self._out).strip(), *ends]), 1
        while found:
            text, found = _EMPTY.subn(r"\2", text)
        return text.strip()

    def _open_link(self, attrs: list[tuple[str, str | None]]) -> None:
        href = safe_href(next((value or "" for name, value in attrs if name == "href"), ""))
        if "a" in self._open:
            self._close_through("a")
        if href:
            self._push("a", f'<a href="{html.escape(href)}">')
        else:
            self.lost |= any(name == "href" for name, _ in attrs)

    def _close_implied(self, tag: str) -> None:
        """What a browser closes by itself: a paragraph before the next block, an item before the next item."""
        if tag in _BLOCKS:
            for block in ("p", "h2", "h3", "h4"):
                if block in self._open:
                    self._close_through(block)
        if tag == "li":
            within = self._open[::-1]
            lists = [within.index(name) for name in ("ul", "ol") if name in within]
            if "li" in within and within.index("li") < min(lists, default=len(within)):
                self._close_through("li")

    def _close_through(self, tag: str) -> None:
        while True:
            top = self._open.pop()
            self._out.append(f"</{top}>")
            if top == tag:
                return

    def _push(self, tag: str, written: str) -> None:
        if len(self._open) < _MAX_DEPTH and self._write(written):
            self._open.append(tag)

    def _write(self, piece: str) -> bool:
        if self._size + len(piece) > MAX_HTML - 10 * _MAX_DEPTH:
            self.lost = True
            return False
        self._size += len(piece) + 10 * piece.startswith("<")  # room for the end tag
        self._out.append(piece)
        return True


def safe_href(raw: str) -> str:
    """The address when it is absolute http(s) with a host, or mailto; else empty."""
    href = _UNSEEN.sub("", raw)
    if len(href) > MAX_URL or set(href) & set('\\"<>`'):
        return ""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme == "mailto":
        return href if "@" in parts.path else ""
    return href if scheme in {"http", "https"} and parts.hostname else ""


def _without_declarations(text: str) -> str:
    """Without comments, doctypes and processing instructions (Word leaves many), in one pass."""
    kept: list[str] = []
    at = 0
    for found in re.finditer(r"<!--|<[!?]", text):
        if found.start() < at:
            continue
        kept.append(text[at : found.start()])
        end = "-->" if found.group() == "<!--" else ">"
        stop = text.find(end, found.end())
        if stop < 0:
            return "".join(kept)
        at = stop + len(end)
    return "".join([*kept, text[at:]])
