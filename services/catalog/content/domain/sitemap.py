"""A sitemap as https://www.sitemaps.org/protocol.html says, and robots.txt as RFC 9309 does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from xml.sax.saxutils import escape

# The protocol allows 50,000 addresses and 50 MB. With these a file has some 2 MB, and less than 40 MB where every slug
# is as long as it may be.
MOST_ADDRESSES = 5_000
MOST_LINES = 20_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_ALTERNATES = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
# Pages of one person. What must be seen to be left out, as a search is by its `noindex`, is not among them.
_OF_ONE_PERSON = ("/cart", "/checkout", "/orders", "/account", "/sign-in", "/sign-up")


class Entry(NamedTuple):
    """A page by its address in the shop's first language, and when it changed last, where that is known."""

    path: str
    changed: datetime | None = None


def prefix(languages: Sequence[str], language: str) -> str:
    """What stands before the path of a page in one of the shop's languages; the first has nothing."""
    return "" if language == languages[0] else f"/{language}".lower()


def per_file(languages: Sequence[str]) -> int:
    """How many pages a file has: each stands there once in each language, with the addresses in all of them."""
    count = len(languages)
    lines = count * (1 + (count + 1 if count > 1 else 0))
    return max(1, min(MOST_ADDRESSES // count, MOST_LINES // lines))


def index(addresses: Sequence[str]) -> bytes:
    """The list of all files."""
    rows = "".join(f"<sitemap><loc>{escape(each)}</loc></sitemap>\n" for each in addresses)
    return f"{_HEAD}<sitemapindex {_SPACE}>\n{rows}</sitemapindex>\n".encode()


def file(base: str, languages: Sequence[str], entries: Sequence[Entry]) -> bytes:
    """Some pages in all languages. `base`: the shop's address without a slash at its end."""
    prefixes = {language: escape(base + prefix(languages, language)) for language in languages}
    rows = "".join(_page(prefixes, each) for each in entries)
    return f"{_HEAD}<urlset {_SPACE} {_ALTERNATES}>\n{rows}</urlset>\n".encode()


def _page(prefixes: dict[str, str], entry: Entry) -> str:
    path = escape(entry.path)
    changed = f"<lastmod>{entry.changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if entry.changed else ""
    others = ""
    if len(prefixes) > 1:
        first = next(iter(prefixes.values()))
        others = "\n" + "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href="{there}{path}"/>\n'
            for language, there in [*prefixes.items(), ("x-default", first)]
        )
    return "".join(f"<url><loc>{there}{path}</loc>{changed}{others}</url>\n" for there in prefixes.values())


def robots(languages: Sequence[str], currencies: Sequence[str], sitemap: str) -> str:
    """What search engines are to leave out in each language and currency, and where the sitemap is."""
    prefixes = [prefix(languages, each) for each in languages]
    prefixes += [f"/{language}-{currency}".lower() for language in languages for currency in currencies[1:]]
    left_out = "".join(f"Disallow: {there}{path}\n" for there in prefixes for path in _OF_ONE_PERSON)
    return f"User-agent: *\n{left_out}\nSitemap: {sitemap}\n"
