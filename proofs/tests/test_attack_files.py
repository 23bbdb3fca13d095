"""What attacks send and what they compare is what they say."""

from __future__ import annotations

import html
import io

import pytest
from PIL import Image

from proofs.attack import enumeration, markup, polyglots
from proofs.attack.enumeration import Told


@pytest.mark.parametrize("what", [name for name in polyglots.files() if "half" not in name])
def test_each_file_beside_a_picture_holds_something_to_find(what: str):
    content = polyglots.files()[what]
    marks = [polyglots.MARK.encode(code) in content for code in ("ascii", "utf-16-le")]
    hidden = {"an archive", "JPEG and archive", "a picture that unpacks to gigabytes"}
    assert any(marks) or what in hidden or "not taken" in what


@pytest.mark.parametrize(
    "what", ["GIF and script", "PNG and web page", "JPEG and program", "JPEG and PDF", "AVIF and web page"]
)
def test_what_is_a_picture_too_is_one_for_a_program_that_shows_pictures(what: str):
    image = Image.open(io.BytesIO(polyglots.files()[what]))
    image.load()
    assert image.height == 32


def told(seconds: float, status: int = 401, body: str = "{}") -> Told:
    return Told(status, ("content-type",), (), body, seconds)


def test_times_of_two_classes_are_told_and_chance_is_not():
    slow = [(told(0.06), told(0.01))] * 10
    assert len(enumeration._apart("asking", slow)) == 1
    assert not enumeration._apart("asking", [*slow[1:], (told(0.01), told(0.06))])
    assert not enumeration._apart("asking", [(told(0.0105), told(0.01))] * 10)


@pytest.mark.parametrize("other", [told(0.01, 404), told(0.01, body='{"title": "No such account"}')])
def test_another_answer_is_told(other: Told):
    assert enumeration._apart("asking", [(other, told(0.01)), (told(0.01), told(0.02))])


@pytest.mark.parametrize("text", [text for text in markup.CORPUS if text.startswith(("<", "\"'>", "]]>"))])
def test_what_a_page_would_run_is_told_and_not_once_it_is_escaped(text: str):
    assert markup.running(f"<p>{text}</p>", {"p"})
    assert markup.running(f"<p>{html.escape(text)}</p>", {"p"}) == []


def test_addresses_that_run_are_told_and_links_are_not():
    page = '<a href="{}">x</a>'
    for runs in ("javascript:alert(1)", " JavaScript:x", "data:text/html,x", "vbscript:x", "&#106;avascript:x"):
        assert markup.running(page.format(runs), {"a"}), runs
    for leads in ("https://example.com/", "/account/reset#x", "mailto:ada@example.com"):
        assert not markup.running(page.format(leads), {"a"}), leads


def test_all_texts_of_a_document_are_looked_at():
    document = {"a": ["b", {"c": "d"}], "e": 1, "f": None}
    assert sorted(markup.strings(document)) == ["a", "b", "c", "d", "e", "f"]
