"""Descriptions in HTML: sanitised again before they are shown, and as plain text."""

from __future__ import annotations

import html
import re

import nh3
from markupsafe import Markup

# As web/storefront/js/html.js has them.
_SHOWN = {"p", "br", "ul", "ol", "li", "strong", "em", "b", "i", "h2", "h3", "h4", "a"}
_DROPPED = {"script", "style", "template", "iframe", "object", "svg", "math", "noscript", "title", "textarea", "xmp"}
_SAFE = re.compile(r"(https?://|mailto:|/(?![/\\]))", re.IGNORECASE)
_FOREIGN = re.compile(r'<a href="https?:', re.IGNORECASE)
_UNSEEN = re.compile("[\x00-\x20\x7f-\xa0]")
_TAG = re.compile(r"<[^<>]*>")
_LONGEST = 200_000
_MOST_TAGS = 20_000


def _href(_tag: str, attribute: str, value: str) -> str | None:
    return value if attribute == "href" and _SAFE.match(value) and not _UNSEEN.search(value) else None


_CLEANER = nh3.Cleaner(
    tags=_SHOWN,
    clean_content_tags=_DROPPED,
    attributes={"a": {"href"}},
    attribute_filter=_href,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


def shown(description: str) -> Markup:
    """The description as HTML that may stand in a page, whatever the catalog let through."""
    if len(description) > _LONGEST or description.count("<") > _MOST_TAGS:
        return Markup("<p>") + plain(description[:_LONGEST]) + Markup("</p>")
    clean = _CLEANER.clean(description)
    linked = _FOREIGN.sub(lambda tag: f'<a rel="noopener noreferrer nofollow" {tag[0][3:]}', clean)
    return Markup(linked)  # noqa: S704  # nosec B704 -- nh3 has cleaned it


def plain(description: str, longest: int = 300) -> str:
    """The words of a description, for search engines."""
    text = html.unescape(_TAG.sub(" ", description[:_LONGEST]))
    return " ".join(text.split())[:longest].strip()
