"""Lists and products, as a reader without scripts has them."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from chassis.testing import RunningApp
from pages.tests.reading import Document, seen


def titles(shown: Document) -> list[str]:
    return [text for text in shown.text("li", class_="card") if text]


async def test_the_front_page_has_what_is_new_and_collections(pages: RunningApp):
    shown = await seen(pages, "/")
    assert shown.text("h1") == ["Tide & Fifth"]
    assert shown.text("h2") == ["New products", "Warm lines"]
    assert len(shown.all("li", class_="card")) + len(shown.all("li", class_="card sold-out")) == 13
    assert shown.all("a", href="/collections/warm")


async def test_a_list_goes_on_by_links(pages: RunningApp):
    found: list[str] = []
    path = "/products?sort=title"
    for _ in range(5):
        shown = await seen(pages, path)
        found += shown.text("h2")
        more = shown.all("a", rel="next")
        if not more:
            break
        path = more[0]["href"]
        assert parse_qs(urlsplit(path).query)["sort"] == ["title"]
    waves = [title for title in found if title.startswith("Wave")]
    assert waves == [f"Wave {number:02}" for number in range(26)]
    assert shown.all("meta", name="robots", content="noindex")


async def test_filters_leave_what_fits_and_say_how_many(pages: RunningApp):
    shown = await seen(pages, "/products?vendor=Atelier+Nord")
    assert shown.text("h2") == ["Tide"]
    assert shown.text("p", id="found") == ["1 product"]
    assert [each["value"] for each in shown.all("option") if "selected" in each] == ["Atelier Nord", "", ""]
    assert shown.one("a", id="clear")["href"] == "/products"
    everything = await seen(pages, "/products")
    assert not everything.all("a", id="clear")
    assert {"Everything", "Print (1)", "Wave (26)"} <= set(everything.text("a"))
    assert (await seen(pages, "/products?min_price=40&max_price=50")).text("h2") == ["Tide"]
    assert (await seen(pages, "/products?tag=sea&in_stock=1")).text("h2") == ["Tide"]
    waves = await seen(pages, "/de/products?type=Wave")
    assert waves.text("p", id="found") == ["26 Produkte"]
    assert waves.one("input", name="type")["value"] == "Wave"


async def test_a_search_finds_and_is_kept_in_the_form(pages: RunningApp):
    shown = await seen(pages, "/search?search=tide")
    assert shown.text("h2") == ["Tide"]
    assert shown.one("input", id="search-words")["value"] == "tide"
    assert shown.text("title") == ["Search for “tide” · Tide & Fifth"]
    nothing = await seen(pages, "/search?search=zzzzzz")
    assert nothing.text("h2") == ["Nothing like that here"]


@pytest.mark.parametrize(
    "query",
    ["sort=best", "min_price=x", "cursor=nonsense", f"search={'a' * 250}", "type=%00", "max_price=99999999999"],
)
async def test_what_a_list_cannot_show_is_refused_by_a_page(pages: RunningApp, query):
    shown = await seen(pages, f"/products?{query}", 422)
    assert shown.one("body") == {"data-page": "trouble"}


async def test_more_parameters_than_anybody_needs_are_refused(pages: RunningApp):
    assert (await pages.client.get("/products?" + "&".join(["a=1"] * 150))).status_code == 400
    assert (await pages.client.get("/products?utm_source=x&fbclid=y&search=")).status_code == 200


async def test_pictures_have_their_size_and_all_sizes(pages: RunningApp):
    shown = await seen(pages, "/products?vendor=Atelier+Nord")
    picture = shown.one("img")
    assert (picture["width"], picture["height"], picture["alt"], picture["loading"]) == ("1200", "1500", "", "eager")
    assert re.fullmatch(r"(/api/v1/media/[0-9a-f-]{36}\?width=\d+ \d+w(, )?)+", picture["srcset"])
    many = await seen(pages, "/products?type=Wave")
    assert not many.all("img")
    assert len(many.text("span", class_="unframed")) == 24


async def test_a_product_can_be_read_without_scripts(pages: RunningApp):
    shown = await seen(pages, "/products/tide")
    assert shown.text("h1") == ["Tide"]
    assert shown.text("p", class_="price") == ["€25.00 before: €30.00"]
    assert shown.text("ul", class_="variants") == ["30 x 40 €25.00 before: €30.00 Only 3 left 50 x 70 €45.00 Sold out"]
    assert shown.text("legend") == ["Size"]
    assert [label["class"] for label in shown.all("label") if "chip" in label.get("class", "")] == ["chip", "chip gone"]
    assert shown.text("strong") == ["paper"]
    assert shown.one("a", href="https://example.com/")["rel"] == "noopener noreferrer nofollow"
    assert len(shown.all("img", loading="lazy")) >= 2
    assert shown.text("nav", class_="trail") == ["Tide & Fifth All products Tide"]


async def test_the_variant_of_the_address_is_shown(pages: RunningApp):
    shown = await seen(pages, "/products/tide?variant=TIDE-L")
    assert shown.text("p", class_="price") == ["€45.00"]
    assert [each.get("name") for each in shown.all("input", type="radio") if "checked" in each] == ["option-0"]
    assert shown.text("button", class_="button primary") == ["Sold out"]
    assert (await seen(pages, "/products/tide?variant=%00none")).text("p", class_="price") == ["€25.00 before: €30.00"]


async def test_a_page_is_in_its_language_and_currency(pages: RunningApp):
    german = await seen(pages, "/de/products/tide")
    assert (german.text("h1"), german.text("p", class_="price")) == (["Flut"], ["25,00 € vorher: 30,00 €"])
    assert (await seen(pages, "/de-jpy/products/wave-01")).text("p", class_="price") == ["3.500 ¥"]
    assert (await seen(pages, "/fr/products/wave-01")).text("p", class_="price") == ["25,00 €"]
    assert (await seen(pages, "/en-chf/products/tide")).text("p", class_="price") == ["Not sold in this currency"]


async def test_products_that_are_like_it_are_shown(pages: RunningApp):
    shown = await seen(pages, "/products/wave-03")
    assert shown.text("section", id="related")[0].startswith("More like this Wave")
    assert "Wave 03" not in shown.text("h3")


async def test_collections_and_categories(pages: RunningApp):
    assert (await seen(pages, "/collections")).text("h2") == ["Warm lines"]
    warm = await seen(pages, "/collections/warm")
    assert (warm.text("h1"), warm.text("h2"), warm.text("div", class_="told")) == (
        ["Warm lines"],
        ["Tide"],
        ["For winter."],
    )
    prints = await seen(pages, "/categories/prints")
    assert prints.text("h2") == ["Tide"]
    assert prints.all("a", href="/categories/prints/sea")
    assert prints.text("nav", class_="aisles") == ["All products Prints Collections"]


async def test_other_parameters_change_nothing(pages: RunningApp):
    for path in ("/", "/products", "/products/tide", "/collections/warm", "/policies/returns"):
        plain = await pages.client.get(path)
        assert (await pages.client.get(f"{path}?utm_source=x&page=2&language=de&currency=CHF")).text == plain.text, path
