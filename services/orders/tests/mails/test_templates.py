"""Templates of mails: each kind in each language, complete as text, escaped as HTML, the same each time."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

import pytest

from chassis.mail.letter import Written
from orders.checkout import Order
from orders.mails.compose import _TEMPLATES, compose, write
from orders.mails.domain.facts import ABOUT_KINDS, KINDS, Brand, MailFacts
from orders.tests.documents.examples import WHEN, changed, line, order_with
from orders.tests.mails.test_mail import parsed

BRAND = Brand("Kirsch & Söhne <GmbH>", "#2a5c4d", "https://shop.example/l.png?a=1&b=2", ("Am Weg 5", "Berlin"), "de")
FACTS = MailFacts(
    pieces=((1, 1), (9, 1), (2, 0)),
    amount=1_234_50,
    note="Zeile 1\n<b>Zeile 2</b>\u202e\u0007\n\nZeile 3",
    carrier="DHL <x>",
    tracking_number="0034",
    tracking_url="https://t.example/?a=1&b=2",
    until=WHEN,
    at=WHEN,
)
ORDER = order_with(
    line(1, 11_900, 2, 190_000, discount=1_190, title="<i>Tide</i> & $number", variant_title="A3"),
    line(2, 1_070, 1, 70_000),
)


def written(kind: str, *, order: Order = ORDER, facts: MailFacts = FACTS, language: str = "de") -> Written:
    return write(order, kind, public_url="https://x.example", token="t", brand=BRAND, facts=facts, language=language)


def words_of(html: str) -> str:
    """What a browser shows of it, without white space."""
    body = html.partition("</h1>")[2]
    return re.sub(r"\s", "", unescape(re.sub(r"<[^>]+>", " ", body)))


def test_every_kind_has_a_template_in_every_language_and_there_is_no_other() -> None:
    for folder in (_TEMPLATES, _TEMPLATES / "de"):
        assert sorted(path.stem for path in folder.glob("*.txt")) == sorted(KINDS)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", KINDS)
def test_text_is_as_complete_as_html_and_html_has_no_tag_of_anybody_else(kind: str, language: str) -> None:
    mail = written(kind, language=language)
    plain = mail.text.replace("-- \n", "\n").replace("€", "€")
    # A table has no colon between what and how much.
    assert words_of(mail.html).replace(":", "") == re.sub(r"\s", "", plain).replace(":", "")
    assert "M-7F3K9Q" in mail.subject
    assert set(re.findall(r"<(\w+)", mail.html.partition("<body")[2])) <= {
        *("div", "h1", "p", "br", "a", "table", "tr", "td", "img"),
    }
    for hostile in ("<i>", "<b>", "<x>", "<GmbH>", "\u202e", "\u0007"):
        assert hostile not in mail.html
    for left in ("$lines", "$sums", "$link", "$keep", "$pieces", "None", "{", "\n\n\n"):
        assert left not in mail.text
        assert left not in mail.html
    assert f'lang="{language}"' in mail.html
    assert "#2a5c4d" in mail.html
    assert 'src="https://shop.example/l.png?a=1&amp;b=2"' in mail.html
    assert mail.text.endswith("-- \nKirsch & Söhne <GmbH>\nAm Weg 5\nBerlin\n")


def test_a_parcel_and_a_refund_in_german() -> None:
    shipped = written("shipped").text
    for said in ("1 x <i>Tide</i> & $number (A3)", "DHL <x>", "0034", "https://t.example/?a=1&b=2", "Ada Lovelace"):
        assert said in shipped, said
    assert "Print 2" not in shipped
    assert 'href="https://t.example/?a=1&amp;b=2"' in written("shipped").html
    refunded = written("refunded").text
    assert "1.234,50\u00a0€" in refunded
    assert "Zeile 1\n<b>Zeile 2</b>\nZeile 3" in refunded
    assert "bis zum 31.12.2026" in written("payment_link").text
    assert "Sie erhalten 1.234,50\u00a0€ zurück." in written("cancelled_by_shop").text


def test_sums_name_discounts_taxes_and_rounding() -> None:
    order = changed(ORDER, shipping_discount=90, tax_relief=5, tax_added=7, rounding=-3)
    text = written("confirmation", order=order, language="en").text
    for said in (
        *("Subtotal: €248.70", "Discount: \u2212€11.90", "Shipping: €5.90", "Discount: \u2212€0.90"),
        *("Tax not charged: \u2212€0.05", "Tax: €0.07", "Rounding: \u2212€0.03", "Total: €242.70", "Tax in it: €37.74"),
    ):
        assert said in text, said


@pytest.mark.parametrize(
    "url", ["http://t.example", "javascript:alert(1)", 'https://t.example/"><b>', "https://a b", ""]
)
def test_an_address_of_tracking_that_is_none_is_left_out(url: str) -> None:
    mail = written("shipped", facts=MailFacts(pieces=((1, 1),), tracking_url=url, tracking_number="1"))
    assert not url or url not in mail.text
    assert mail.html.count("<a ") == 1
    assert "Verfolgen" not in mail.text


def test_the_message_id_tells_parcels_apart_and_stays() -> None:
    ids = [
        parsed(compose(ORDER, "shipped", sender="s@x.example", public_url="x", facts=FACTS, subject=UUID(int=of)))
        for of in (1, 1, 2)
    ]
    assert ids[0]["Message-ID"] == f"<{ORDER.id}.shipped.{UUID(int=1)}@x.example>"
    assert ids[0].as_bytes() == ids[1].as_bytes()
    assert ids[2]["Message-ID"] != ids[0]["Message-ID"]
    assert ids[0]["Date"] == "Thu, 31 Dec 2026 23:30:00 -0000"


def test_an_unknown_language_is_the_shops_and_a_shop_without_a_logo_has_its_name() -> None:
    order = changed(ORDER, locale="fr-FR")
    assert written("link", order=order, language="").language == "de"
    assert written("link", order=changed(ORDER, locale="en-US"), language="").language == "en"
    plain = write(ORDER, "link", public_url="x", token=None, brand=Brand("<Shop>"), facts=MailFacts())
    assert "&lt;Shop&gt;</div>" in plain.html
    assert set(ABOUT_KINDS) < set(KINDS)
