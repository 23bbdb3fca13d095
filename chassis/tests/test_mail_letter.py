"""Mails of templates: text and HTML of the same words, with nothing in them that is not escaped."""

from __future__ import annotations

import pytest

from chassis.mail.letter import Letterhead, Words, write

HEAD = Letterhead("Kirsch & Co", "#9c3a1f", "", ("Kirsch & Co", "Am Weg 5"))
VALUES = {"link": "https://shop.example/a?b=1&c=2", "note": "<i>", "evil": "javascript:alert(1)", "none": ""}


def test_a_link_alone_is_a_button_and_in_text_its_address() -> None:
    mail = write(Words.of("On $note", "Hello,\n\n[Look <here>]($link)\n\n[Gone]($none)\n"), "de", HEAD, VALUES)
    assert mail.subject == "On <i>"
    assert mail.text == f"Hello,\n\nLook <here>:\n{VALUES['link']}\n\n-- \nKirsch & Co\nAm Weg 5\n"
    assert 'href="https://shop.example/a?b=1&amp;c=2"' in mail.html
    assert ">Look &lt;here&gt;</a>" in mail.html
    assert '<html lang="de">' in mail.html
    assert "Gone" not in mail.html


@pytest.mark.parametrize("target", ["$evil", "$note", "data:text/html,x", "https://a b"])
def test_what_is_no_address_is_no_link(target: str) -> None:
    assert "<a " not in write(Words.of("S", f"[Go]({target})"), "en", HEAD, VALUES).html


@pytest.mark.parametrize(("colour", "on"), [("#222222", "#fff"), ("#ffffff", "#000"), ("#ffe000", "#000")])
def test_the_words_of_a_button_can_be_read_on_its_colour(colour: str, on: str) -> None:
    head = Letterhead("S", colour, "https://x.example/l.png", ())
    page = write(Words.of("S", "[Go]($link)"), "en", head, VALUES).html
    assert f"background: {colour}; color: {on};" in page
    assert '<img src="https://x.example/l.png" alt="S"' in page


@pytest.mark.parametrize("body", ["$gone", "5 $"])
def test_a_name_that_there_is_not_is_an_error(body: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        write(Words.of("S", body), "en", HEAD, VALUES)
