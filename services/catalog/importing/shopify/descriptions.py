"""Sanitises the HTML of product descriptions by an allow-list of tags, with nh3 (ammonia)."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import nh3

from catalog.importing.shopify.export import MAX_HTML, MAX_URL
from catalog.importing.shopify.text import clean_block, words

_KEPT = words("p br ul ol li strong em b i h2 h3 h4 a")
_RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4"} | dict.fromkeys(
    words(
        "div section article header footer main aside nav table tr caption blockquote dl dt dd figure figcaption "
        "pre address form fieldset hr center"
    ),
    "p",
)
_CELLS = dict.fromkeys(words("td th option"), "span")
# Not shown, and a parser opens them anew in each block that follows: with attributes that differ, without an end.
_FORMATTING = dict.fromkeys(words("font u small big code s strike nobr tt"), "span")
# Removed with their content: none of it is text for a reader.
_SWALLOWED = words(
    "script style iframe object noscript noembed noframes template svg math textarea select title audio video "
    "canvas applet xmp plaintext"
)
# Removed without a finding: the text loses nothing.
_NEUTRAL = words("span font u small big sub sup html body tbody thead tfoot colgroup col meta link wbr")
_HARMLESS = _KEPT | _RENAMED.keys() | _CELLS.keys() | _NEUTRAL
_DECLARATION = re.compile(r"<!--.*?(?:-->|$)|<[!?][^>]*>?", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-z][^\s/>]*)", re.IGNORECASE)
_NESTING = re.compile(r"<(/?)(?:ul|ol|b|i|em|strong)(?=[\s/>])", re.IGNORECASE)
# Of those that are kept: one whose attributes can be told apart from the text around them, and any with attributes.
_FORMATTED = re.compile(
    r"""<(strong|em|b|i)[\s/](?:[^<>"'=]|=\s*(?:"[^"<>]*"|'[^'<>]*'|(?!["'\s])))*+>""", re.IGNORECASE
)
_ODD = re.compile(r"<(?:strong|em|b|i)[\s/]", re.IGNORECASE)
_EMPTY = re.compile(r'<(p|ul|ol|li|strong|em|b|i|h[234]|a)(?: href="[^"]*")?>(\s*)</\1>')
_LINK_TO_NOTHING = re.compile(r"<a>(.*?)</a>", re.DOTALL)
_MAX_RAW = 5 * MAX_HTML
_MAX_SIGNS = 20_000  # "<" and "&": beyond any description
_MAX_DEPTH = 50
_MAX_PASSES = 5
_UNSEEN = re.compile("[\\x00-\\x20\\x7f-\\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")


def sanitise_html(raw: str) -> tuple[str, bool]:
    """The description as safe HTML, and whether visible content was removed.

    The result holds only p br ul ol li strong em b i h2 h3 h4 and a[href: http, https, mailto], balanced, at most
    MAX_HTML characters, and comes back unchanged from a second pass. Never raises.
    """
    text = clean_block(raw[:_MAX_RAW])
    if "<" not in text and "&" not in text and ">" not in text:
        cut = text[:MAX_HTML].rstrip()
        return cut, len(cut) < len(raw.strip())
    if text.count("<") + text.count("&") > _MAX_SIGNS or _depth(text) > _MAX_DEPTH:
        return _plain(text), True
    text = _DECLARATION.sub("", text)
    lost = _loses(text) or len(raw) > _MAX_RAW
    text = _FORMATTED.sub(r"<\1>", text)
    if len(_ODD.findall(text)) > _MAX_DEPTH:
        return _plain(text), True
    refused: list[str] = []

    def keep(_tag: str, attribute: str, value: str) -> str | None:
        href = safe_href(value) if attribute == "href" else None
        if href == "":
            refused.append(value)
        return href or None

    cleaner = nh3.Cleaner(
        tags=_KEPT, clean_content_tags=_SWALLOWED, attributes={"a": {"href"}}, attribute_filter=keep, link_rel=None
    )
    clean, size = _stable(cleaner, _TAG.sub(_rename, text)), MAX_HTML
    while len(clean) > MAX_HTML:
        size, lost = size * 19 // 20, True
        clean = _stable(cleaner, clean[:size])
    return clean, lost or bool(refused)


def _depth(text: str) -> int:
    """How deep elements may nest. The time a parser takes grows with the square of it."""
    depth = most = 0
    for tag in _NESTING.finditer(text):
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        most = max(most, depth)
    return most


def _loses(text: str) -> bool:
    """Whether cleaning removes a visible element, or text in a tag that does not end."""
    if any(tag[2].lower() not in _HARMLESS for tag in _TAG.finditer(text) if not tag[1]):
        return True
    return _TAG.search(text, text.rfind(">") + 1) is not None


def _plain(text: str) -> str:
    """The text without its tags."""
    text = html.escape(re.sub(r"<[^<>]{0,2000}>", " ", text), quote=False)[:MAX_HTML]
    return (text.rpartition("&")[0] if len(text) == MAX_HTML else text).strip()


def _rename(tag: re.Match[str]) -> str:
    """The tag with the name of the element that its text is kept in; table cells are separated by a space."""
    end, name = tag[1], tag[2].lower()
    space = " " if name in _CELLS and not end else ""
    return f"{space}<{end}{_RENAMED.get(name) or _CELLS.get(name) or _FORMATTING.get(name, name)}"


def _stable(cleaner: nh3.Cleaner, text: str) -> str:
    """Clean until nothing changes: elements may nest differently once an element between them is dropped."""
    for _ in range(_MAX_PASSES):
        before, text = text, _clean(cleaner, text)
        if text == before:
            return text
    return _plain(text)


def _clean(cleaner: nh3.Cleaner, text: str) -> str:
    text = _LINK_TO_NOTHING.sub(r"\1", cleaner.clean(text))
    for _ in range(_MAX_DEPTH):
        text, found = _EMPTY.subn(r"\2", text)
        if not found:
            return clean_block(text.replace("&nbsp;", "\xa0"))
    return _plain(text)


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
