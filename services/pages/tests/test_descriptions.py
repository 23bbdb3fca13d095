"""Descriptions: whatever the catalog lets through, a page shows nothing that runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.domain import descriptions

CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/\\evil.example'>x</a>",
    "<a href='https://example.com' onclick=alert(1) style='x' target=_blank>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<style>@import 'https://evil.example'</style>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><script>alert(1)</script>",
    "<form action=javascript:alert(1)><button>x",
    "<object data='javascript:alert(1)'></object><embed src=x>",
    "<base href='https://evil.example/'><link rel=stylesheet href=x><meta http-equiv=refresh content=0>",
    "<p>unclosed <strong>and <em>nested",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<xmp><script>alert(1)</script></xmp><plaintext><script>alert(1)</script>",
    "<title><img src=x onerror=alert(1)></title>",
    "</div></article></main><script>alert(1)</script>",
]
_TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "b", "i", "h2", "h3", "h4", "a"}
_SAFE = re.compile(r"https?://|mailto:|/(?![/\\])", re.IGNORECASE)


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.depth = 0
        self.feed(text)
        self.close()
        assert self.depth == 0, text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _TAGS, tag
        self.depth += tag != "br"
        for name, value in attrs:
            assert (tag, name) in {("a", "href"), ("a", "rel")}, (tag, name)
            assert name != "href" or _SAFE.match(value or ""), value

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


@pytest.mark.parametrize("text", CORPUS)
def test_nothing_that_runs_is_shown(text):
    Tags(descriptions.shown(text))
    Tags(descriptions.shown(text + text))


@given(st.lists(st.sampled_from([*CORPUS, "<p>", "</p>", "<ul><li>", "text", "<a href='https://x.example'>", "&lt;"])))
def test_nor_by_any_mixture(parts):
    Tags(descriptions.shown("".join(parts)))


def test_what_is_good_stays():
    text = '<h2>Ink</h2><p>On <strong>paper</strong>.<br><a href="/products/tide">Tide</a></p><ul><li>one</li></ul>'
    assert descriptions.shown(text) == text
    assert descriptions.shown('<a href="https://example.com/">x</a>') == (
        '<a rel="noopener noreferrer nofollow" href="https://example.com/">x</a>'
    )


def test_what_is_far_too_long_is_shown_as_text():
    Tags(descriptions.shown("<b>" * 30_000))
    assert len(descriptions.shown("a" * 1_000_000)) < 1_000


def test_words_for_search_engines():
    assert descriptions.plain("<p>Ink &amp;\n paper</p><p>Good</p>") == "Ink & paper Good"
    assert len(descriptions.plain("word " * 500)) <= 300
