"""Filters, prices, colours, Markdown: what needs no network."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.problems import Invalid
from chassis.values import Money
from pages.domain import filters, markdown, prices, theme
from pages.domain.answers import Colours
from pages.domain.site import locale_of
from pages.wording import Words

ENGLISH, GERMAN = locale_of("en"), locale_of("de")
HERE = Path(__file__).parent.parent


def test_filters_are_read_and_written_alike():
    found = filters.read("search=perfect+fifth&type=Print&utm_source=x&in_stock=on&sort=-price&min_price=&cursor=abc")
    assert found == filters.Filters(search="perfect fifth", type="Print", in_stock="1", sort="-price", cursor="abc")
    assert filters.read(filters.query(found, cursor="abc")[1:]) == found
    assert "cursor" not in filters.query(found)
    assert filters.query(filters.Filters()) == ""


def test_prices_are_typed_as_people_write_them():
    wanted = filters.read("min_price=25%2C50&max_price=30.999&in_stock=1")
    asked = filters.asked(wanted, "EUR")
    assert (asked["min_price"], asked["max_price"], asked["in_stock"]) == ("2550", "3099", "true")
    assert filters.asked(filters.read("min_price=25.5"), "JPY")["min_price"] == "26"
    assert filters.asked(filters.read("max_price=1.5"), "KWD")["max_price"] == "1500"


@pytest.mark.parametrize(
    "query",
    [
        "min_price=-1",
        "min_price=abc",
        "max_price=1e9",
        "sort=best",
        f"search={'a' * 201}",
        "type=a%00b",
        "tag=%0a%0db%09c",
    ],
)
def test_what_no_list_could_have_is_refused(query):
    with pytest.raises(Invalid) as refused:
        filters.read(query)
    assert refused.value.errors


@given(st.text())
def test_any_query_is_read_or_refused(query):
    try:
        found = filters.read(query)
    except Invalid:
        return
    assert set(parse_qs(filters.query(found)[1:])) <= set(filters.NAMES)


@pytest.mark.parametrize(
    ("amount", "currency", "english", "german"),
    [
        (2500, "EUR", "€25.00", "25,00 €"),
        (123456, "CHF", "CHF 1,234.56", "1.234,56 CHF"),
        (3500, "JPY", "¥3,500", "3.500 ¥"),
        (2500, "HUF", "HUF 25.00", "25,00 HUF"),
        (1500, "KWD", "KWD 1.500", "1,500 KWD"),
        (0, "EUR", "€0.00", "0,00 €"),
    ],
)
def test_prices_have_the_decimals_of_the_store(amount, currency, english, german):
    money = Money(amount, currency)
    assert (_plain(prices.written(money, ENGLISH)), _plain(prices.written(money, GERMAN))) == (english, german)


def _plain(text: str) -> str:
    return re.sub(r"\s", " ", text)


def test_dates_and_decimals():
    moment = datetime(2026, 11, 3, tzinfo=UTC)
    assert (prices.day(moment, ENGLISH), prices.day(moment, GERMAN)) == ("November 3, 2026", "3. November 2026")
    assert (prices.decimal(Money(2500, "EUR")), prices.decimal(Money(7, "JPY"))) == ("25.00", "7")


def test_colours_can_be_read_whatever_the_shop_chose():
    assert theme.stylesheet(theme.UNSET) == ""
    sheet = theme.stylesheet(Colours("#7fd0b0", "#c8553d", "#fffffe"))
    accent = re.search(r"--accent:(#[0-9a-f]{6})", sheet)
    assert accent is not None
    assert theme.contrast(accent[1], "#fffffe") >= 4.5
    assert "--wall:#faf7f2" in theme.stylesheet(Colours("#222222", "#c8553d", "#000000"))
    assert theme.stylesheet(Colours("#222222", "red;}body{", "#ffffff")) == ""


def test_markdown_is_written_and_html_in_it_stays_text():
    text = "# Returns\n\nYou have **30** days.\nSend it.\n\n1. wrap\n2. send\n\n- <script>x</script>\n\n###### deep"
    assert markdown.written(text) == (
        "<h2>Returns</h2>\n<p>You have <strong>30</strong> days.<br>Send it.</p>\n"
        "<ol><li>wrap</li><li>send</li></ol>\n<ul><li>&lt;script&gt;x&lt;/script&gt;</li></ul>\n<h3>deep</h3>"
    )


@pytest.mark.parametrize("href", ["javascript:alert(1)", "//evil.example", "/\\evil.example", "data:text/html,x"])
def test_links_in_markdown_that_are_not_safe_stay_text(href):
    assert "<a" not in markdown.written(f"[look]({href})")


@given(st.text(alphabet="#*-_[]() \n1.<>&\"'`ahttps:/", max_size=200))
def test_markdown_never_fails_nor_lets_html_through(text):
    tags = set(re.findall(r"<(/?\w+)", markdown.written(text)))
    assert {tag.strip("/") for tag in tags} <= {"p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "a"}


def test_every_text_has_german_and_none_is_unused():
    said = re.compile(r"""\b(?:t|english)\(\s*"((?:[^"\\]|\\.)*)\"""")
    files = [*HERE.glob("templates/*.html"), *HERE.glob("*.py"), *HERE.glob("usecases/*.py"), *HERE.glob("api/*.py")]
    english = {text for path in files for text in said.findall(path.read_text())}
    german = json.loads((HERE / "texts" / "de.json").read_text())
    assert english == set(german)
    fields = re.compile(r"\{\w*\}")
    assert [text for text in german if sorted(fields.findall(text)) != sorted(fields.findall(german[text]))] == []


def test_words_of_a_language_without_texts_are_english():
    assert Words("fr")("{count} products", count=3) == "3 products"
    assert Words("de-AT")("{count} products", count="<b>") == "<b> Produkte"
