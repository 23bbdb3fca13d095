"""A shop that is like no demo: its first language has no texts of ours, its first currency other decimals than people
use, and its products what nobody thinks of.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chassis.testing import RunningApp, live_service, running_app
from chassis.testing.keys import Bench
from chassis.values import Money, exponent
from pages.domain import prices
from pages.domain.site import locale_of
from pages.tests.reading import document, seen
from pages.tests.staff import HOSTILE, SHOP, Staff, price

CURRENCY, CURRENCIES = "HUF", "HUF,EUR"
_ARABIC = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
NAME = "ร้านภาพพิมพ์"
# A word as long as a title may be, in a script that has no spaces; and one that cannot be broken by any rule.
THAI = ("ผ้าไหมไทยทอมือลายดอกพิกุล" * 11)[:255]
SOLID = "W" * 255
LONG = "".join(f"<p>{number}. <strong>{'ink' * 60}</strong></p>" for number in range(300))


@pytest.fixture(scope="module")
def thai(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staff]:
    settings: Any = {"purpose": "pages-thai", "CURRENCY": CURRENCY, "CURRENCIES": CURRENCIES}
    folder = str(tmp_path_factory.mktemp("media"))
    with (
        live_service("shop", bench, **settings) as shop,
        live_service("catalog", bench, MEDIA_DIR=folder, **settings) as catalog,
        Staff(bench, catalog.url, shop.url) as made,
    ):
        _open(made)
        yield made


def _open(made: Staff) -> None:
    profile = {**SHOP, "name": NAME, "currencies": ["HUF", "EUR"], "languages": ["th", "en"], "version": 1}
    made.ask("PUT", f"{made.shop}/api/v1/admin/shop", json=profile)
    text = {"title": "การคืนสินค้า", "body": "# การคืนสินค้า\n\n- หนึ่ง"}
    made.ask("PUT", f"{made.shop}/api/v1/admin/shop/policies/returns/th", json=text)
    made.product("thai", THAI, variants=[variant("THAI", 499000, on_hand=10)], vendor=THAI[:100], product_type="ผ้าไหม")
    made.product("solid", SOLID, variants=[variant("SOLID", 1234567890)], tags=["W" * 60])
    # Longer than a person may write it.
    file = f"Handle,Title,Body (HTML),Variant Price\nlong,Long,{LONG},12.50\n"
    url = f"{made.catalog}/api/v1/admin/imports"
    made.ask("POST", url, content=file.encode(), headers={"Content-Type": "text/csv"})
    made.product("sold-out", "หมด", variants=[variant("SOLD-OUT", 100, on_hand=0)])
    made.product("euros-alone", "Euros", variants=[{"sku": "EUROS", "on_hand": 3, "prices": [price(2500)]}])
    words = {"vendor": HOSTILE, "product_type": HOSTILE, "tags": [HOSTILE]}
    made.product("hostile", HOSTILE, variants=[variant("HOSTILE", 990)], **words)
    made.product("bare", variants=[variant("BARE", 0)])


def variant(sku: str, amount: int, on_hand: int = 10) -> dict[str, Any]:
    return {"sku": sku, "on_hand": on_hand, "prices": [price(amount, CURRENCY)]}


@pytest.fixture
async def pages(bench: Bench, thai: Staff) -> AsyncIterator[RunningApp]:
    urls = {"catalog": [thai.catalog], "shop": [thai.shop]}
    own: Any = {"currency": CURRENCY, "currencies": CURRENCIES, "public_url": "https://shop.example"}
    async with running_app("pages", bench, urls=urls, **own) as app:
        yield app


PATHS = [
    "/",
    "/products",
    "/search?search=ผ้าไหม",
    "/collections",
    "/policies/returns",
    "/cart",
    "/orders/find",
    *(f"/products/{slug}" for slug in ("thai", "solid", "long", "sold-out", "euros-alone", "hostile", "bare")),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("prefix", ["", "/en", "/en-eur", "/th-eur"])
async def test_every_page_is_whole(pages: RunningApp, path: str, prefix: str):
    answer = await pages.client.get(prefix + path)
    shown = document(answer)
    assert shown.one("html")["lang"] == ("en" if prefix.startswith("/en") else "th")
    assert "<script>alert" not in answer.text
    assert shown.text("a", class_="brand") == [NAME]
    # There are no Thai texts of ours: they are English, and no script asks for a file of them.
    assert "Cart" in shown.text("a", id="cart-link")
    assert not shown.all("link", rel="preload")


async def test_the_first_language_and_currency_need_no_prefix(pages: RunningApp):
    for path, to in (("/th/", "/"), ("/th-huf/products/thai", "/products/thai"), ("/en-huf/cart", "/en/cart")):
        answer = await pages.client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (301, to)
    others = {
        each["hreflang"]: each["href"] for each in (await seen(pages, "/products/thai")).all("link", rel="alternate")
    }
    base = "https://shop.example"
    assert others["th"] == others["x-default"] == f"{base}/products/thai"
    assert others["en"] == f"{base}/en/products/thai"


async def test_prices_have_the_decimals_of_the_store_for_people_and_programs(pages: RunningApp):
    shown = await seen(pages, "/products/thai")
    assert [text.replace("\xa0", " ") for text in shown.text("p", class_="price")] == ["HUF 4,990.00"]
    offer = shown.json(type="application/ld+json")[0]["offers"][0]
    assert (offer["price"], offer["priceCurrency"]) == ("4990.00", "HUF")
    dear = await seen(pages, "/products/solid")
    assert [text.replace("\xa0", " ") for text in dear.text("p", class_="price")] == ["HUF 12,345,678.90"]


async def test_prices_are_typed_in_the_currency_of_the_page(pages: RunningApp):
    assert (await seen(pages, "/products?min_price=4990&max_price=4990.00")).text("h2") == [THAI]
    assert (await seen(pages, "/en-eur/products?max_price=25")).text("h2") == ["Euros"]


async def test_words_without_spaces_are_found(pages: RunningApp):
    assert (await seen(pages, "/search?search=ผ้าไหม")).text("h2") == [THAI]


async def test_dates_are_written_in_the_language_of_the_text(pages: RunningApp):
    assert re.fullmatch(r"\d{1,2} [ก-๙.]+ ค\.ศ\. \d{4}", (await seen(pages, "/policies/returns")).text("time")[0])


async def test_what_has_no_price_in_the_currency_is_not_said_to_be_sold_out(pages: RunningApp):
    shown = await seen(pages, "/products/euros-alone")
    assert shown.text("p", class_="price") == ["Not sold in this currency"]
    assert "Sold out" not in " ".join(shown.text("main"))
    assert not shown.all("input", id="quantity")
    assert "Product" not in [each["@type"] for each in shown.json(type="application/ld+json")]
    assert "Euros" not in (await seen(pages, "/products")).text("h2")
    assert (await seen(pages, "/en-eur/products")).text("h2") == ["Euros"]


async def test_what_is_sold_out_says_so(pages: RunningApp):
    shown = await seen(pages, "/products/sold-out")
    assert shown.text("button", class_="button primary") == ["Sold out"]
    assert shown.json(type="application/ld+json")[0]["offers"][0]["availability"] == "https://schema.org/OutOfStock"
    assert [text.split()[0] for text in (await seen(pages, "/products")).text("li", class_="card sold-out")] == ["หมด"]


async def test_long_descriptions_are_whole_on_the_page_and_short_in_the_head(pages: RunningApp):
    shown = await seen(pages, "/products/long")
    assert len(shown.text("strong")) == 300
    assert len(shown.one("meta", name="description")["content"]) <= 300
    assert (await seen(pages, "/products/thai")).text("title") == [f"{THAI} · {NAME}"]


@pytest.mark.parametrize("language", ["en", "de", "th", "hu", "id", "ar", "de-CH"])
@pytest.mark.parametrize(
    ("amount", "currency", "value"),
    [
        (499000, "HUF", "4990.00"),
        (150000000, "IDR", "1500000.00"),
        (1500, "JPY", "1500"),
        (5125, "KWD", "5.125"),
    ],
)
def test_decimals_whatever_the_library_says_of_the_currency(language: str, amount: int, currency: str, value: str):
    money = Money(amount, currency)
    assert prices.decimal(money) == value
    places, written = exponent(currency), prices.written(money, locale_of(language))
    digits = "".join(re.findall(r"\d", written)).translate(_ARABIC)
    assert digits == value.replace(".", "")
    assert bool(re.search(rf"[.,\u066b]\d{{{places}}}(\D|$)", written)) is bool(places), written
