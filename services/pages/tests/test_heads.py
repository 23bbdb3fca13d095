"""The head of every kind of page by what search engines ask of it: developers.google.com/search/docs, ogp.me."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from chassis.testing import RunningApp
from pages.tests.conftest import PUBLIC_URL
from pages.tests.reading import Document, seen
from pages.tests.staff import Staff
from pages.tests.test_documents import FRAMES, PATHS

# What a page must have once; a picture where there is one.
OPEN_GRAPH = ("og:site_name", "og:type", "og:title", "og:url", "og:description")
FOUND = (
    *(path for kind, path in PATHS.items() if kind != "search"),
    *("/products/sold-out", "/products/hostile", "/categories/prints"),
)
IN_EUROS_ALONE = {"/products/tide", "/products/sold-out"}
KINDS = {
    "home": ["Organization"],
    "product": ["Product", "BreadcrumbList"],
    "collection": ["BreadcrumbList"],
    "category": ["BreadcrumbList"],
}


def structured(shown: Document) -> list[dict[str, Any]]:
    """What is said in JSON-LD, each checked by the rules of its type."""
    found = shown.json(type="application/ld+json")
    for each in found:
        assert each["@context"] == "https://schema.org"
        RULES[each["@type"]](each)
    return found


def product(found: dict[str, Any]) -> None:
    assert found["name"]
    assert found["description"]
    whole(found["url"])
    assert all(found.values()), "no property is empty"
    for image in found.get("image", ["https://shop.example/"]):
        whole(image)
    assert found["offers"]
    assert len({each["url"] for each in found["offers"]}) == len(found["offers"])
    for offer in found["offers"]:
        assert offer["@type"] == "Offer"
        assert offer["sku"]
        assert offer["url"].partition("?")[0] == found["url"]
        assert offer["availability"] in {"https://schema.org/InStock", "https://schema.org/OutOfStock"}
        price(offer)
        if "priceSpecification" in offer:
            before = offer["priceSpecification"]
            assert before["@type"] == "UnitPriceSpecification"
            assert before["priceType"] == "https://schema.org/StrikethroughPrice"
            price(before)
            assert before["priceCurrency"] == offer["priceCurrency"]
            assert float(before["price"]) > float(offer["price"])


def price(found: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d+(\.\d{1,3})?", found["price"])
    assert re.fullmatch(r"[A-Z]{3}", found["priceCurrency"])


def trail(found: dict[str, Any]) -> None:
    steps = found["itemListElement"]
    assert len(steps) >= 2
    assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
    for step in steps:
        assert step["@type"] == "ListItem"
        assert step["name"]
        whole(step["item"])


def organisation(found: dict[str, Any]) -> None:
    assert found["name"]
    whole(found["url"])
    whole(found.get("logo", found["url"]))


def whole(address: str) -> None:
    assert address.startswith(f"{PUBLIC_URL}/"), address


RULES = {"Product": product, "BreadcrumbList": trail, "Organization": organisation}


@pytest.mark.parametrize("prefix", ["", "/de", "/en-chf", "/de-jpy"])
@pytest.mark.parametrize("path", FOUND)
async def test_a_page_to_be_found_says_everything_once(pages: RunningApp, path: str, prefix: str):
    shown = await seen(pages, prefix + path)
    (title,) = shown.text("title")
    assert title
    description = shown.one("meta", name="description")["content"]
    assert 0 < len(description) <= 500
    canonical = shown.one("link", rel="canonical")["href"]
    assert canonical == PUBLIC_URL + prefix + path
    said = {name: shown.one("meta", property=name)["content"] for name in OPEN_GRAPH}
    assert all(said.values())
    assert (said["og:url"], said["og:description"]) == (canonical, description)
    assert said["og:title"] in title
    for picture in shown.all("meta", property="og:image"):
        whole(picture["content"])
    assert not shown.all("meta", name="robots")
    types = [each["@type"] for each in structured(shown)]
    expected = KINDS.get(shown.one("body")["data-page"], [])
    # Of what is not sold in a currency no offer can be told, and without one it is no product to search engines.
    unsold = path in IN_EUROS_ALONE and prefix in {"/en-chf", "/de-jpy"}
    assert types == (expected[1:] if unsold else expected)


@pytest.mark.parametrize("path", [*FRAMES.values(), PATHS["search"], "/products?type=Wave", "/nowhere"])
async def test_a_page_that_is_not_to_be_found_says_so_and_no_more(pages: RunningApp, path: str):
    shown = await seen(pages, path, 404 if path == "/nowhere" else 200)
    assert len(shown.text("title")) == 1
    assert shown.one("meta", name="robots") == {"name": "robots", "content": "noindex"}
    assert not shown.all("link", rel="canonical")
    assert not shown.all("link", rel="alternate")
    assert not shown.all("script", type="application/ld+json")
    assert not [each for each in shown.all("meta") if each.get("property", "").startswith("og:")]


async def test_each_variant_is_an_offer_and_one_on_sale_has_its_price_before(pages: RunningApp):
    small, large = structured(await seen(pages, "/products/tide"))[0]["offers"]
    assert (small["price"], small["availability"]) == ("25.00", "https://schema.org/InStock")
    assert small["priceSpecification"]["price"] == "30.00"
    assert (large["price"], large["availability"]) == ("45.00", "https://schema.org/OutOfStock")
    assert "priceSpecification" not in large
    for offer, shown_price in ((small, "€25.00 before: €30.00"), (large, "€45.00")):
        asked = urlsplit(offer["url"])
        assert parse_qs(asked.query) == {"variant": [offer["sku"]]}
        shown = await seen(pages, f"{asked.path}?{asked.query}")
        assert shown.text("p", class_="price") == [shown_price]
        assert shown.one("link", rel="canonical")["href"] == f"{PUBLIC_URL}/products/tide"


async def test_what_is_sold_out_and_has_no_picture_says_so(pages: RunningApp):
    found = structured(await seen(pages, "/products/sold-out"))[0]
    assert "image" not in found
    assert [each["availability"] for each in found["offers"]] == ["https://schema.org/OutOfStock"]
    assert found["description"] == "sold-out, sold by Tide & Fifth."
    assert "?" not in found["offers"][0]["url"]


async def test_what_is_not_sold_in_a_currency_is_no_product_to_search_engines(pages: RunningApp):
    assert [each["@type"] for each in structured(await seen(pages, "/en-chf/products/tide"))] == ["BreadcrumbList"]


@pytest.mark.parametrize("path", ["/products/tide", "/collections/warm", "/categories/prints/sea"])
async def test_the_picture_that_others_show_is_there(pages: RunningApp, staff: Staff, path: str):
    shown = await seen(pages, path)
    address = shown.one("meta", property="og:image")["content"]
    async with httpx.AsyncClient(base_url=staff.catalog, timeout=30) as catalog:
        answer = await catalog.get(address.removeprefix(PUBLIC_URL))
    assert (answer.status_code, answer.headers["content-type"].partition("/")[0]) == (200, "image")
