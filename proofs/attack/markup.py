"""Texts that a page, a template or a sheet could run, and what of them would run in an answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from html.parser import HTMLParser
from typing import Any

from proofs.shopper import Shopper

CORPUS = (
    "<script>alert(1)</script>",
    "</title></style></textarea><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>go</a>",
    "<math><mi xlink:href='data:text/html,x'></math>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "<base href='http://evil.example/'>",
    "<!--<img src=--><img src=x onerror=alert(1)//>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "]]><script>alert(1)</script>",
    "</script><script>alert(1)//",
    "{{7*191}} <%= 7*191 %> #{7*191} {7*191} [[7*191]]",
    "'-alert(1)-' \\\" \\u003cscript\\u003e",
    '=HYPERLINK("http://evil.example","open")',
    "+cmd|'/C calc'!A0",
    "@SUM(1+9)*cmd",
)
"""Each is one line that a name of a thing may be; 1337 in an answer is a template's sum."""
_FETCHING = ("href", "src", "action", "formaction", "xlink:href", "background", "data", "poster", "srcset")
_SAFE = ("http://", "https://", "mailto:", "tel:", "cid:", "/")


class _Reader(HTMLParser):
    """Notes what a browser would run, or would take for a part of the page that is not `allowed`."""

    def __init__(self, allowed: Collection[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._allowed, self.found = allowed, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A part begins."""
        if tag not in self._allowed:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            leads = (value or "").strip().lower()
            if name.startswith("on") or name in {"srcdoc", "http-equiv"}:
                self.found.append(f"<{tag} {name}>")
            elif name in _FETCHING and not leads.startswith(_SAFE):
                self.found.append(f"<{tag} {name}={leads[:40]!r}>")


def running(html: str, allowed: Collection[str]) -> list[str]:
    """What of a page would run, or is a part of it that is not allowed."""
    reader = _Reader(allowed)
    reader.feed(html)
    reader.close()
    return reader.found


def strings(value: Any) -> Iterator[str]:
    """All texts in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield str(name)
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


async def shown_as_data(who: Shopper, path: str, what: str) -> tuple[list[str], Any]:
    """What is wrong with an answer that holds texts of others, and its document."""
    async with who.http.get(who.base + path, headers=who.headers) as answer:
        text, headers = await answer.text(), answer.headers
    wanted = {
        "Content-Type": "application/json",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'",
    }
    wrong = [
        f"{what} has the header {name}: {headers.get(name)!r}"
        for name, value in wanted.items()
        if value not in headers.get(name, "")
    ]
    return wrong + ([] if answer.status == 200 else [f"{what}: {answer.status}"]), json.loads(text)
