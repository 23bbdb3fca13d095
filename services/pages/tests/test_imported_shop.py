"""A shop whose products came from a file of another shop system."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chassis.testing import RunningApp, live_service, running_app
from chassis.testing.keys import Bench
from chassis.testing.waiting import wait_until
from pages.tests.reading import Document, document, seen
from pages.tests.staff import Staff

FILE = Path(__file__).parent / "data" / "shopify-jewelery.csv"
ROWS = [*csv.DictReader(FILE.read_text(encoding="utf-8").splitlines(keepends=True))]
# Addresses in the file, of each product apart.
PICTURES = 41


@pytest.fixture(scope="module")
def imported(bench: Bench, staff: Staff, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staff]:
    """A catalog with what is in the file. No picture can be fetched: they are at a port that is refused."""
    own: Any = {"purpose": "pages-imported", "MEDIA_DIR": str(tmp_path_factory.mktemp("media")), "PICTURE_PORTS": "[1]"}
    with live_service("catalog", bench, **own) as catalog, Staff(bench, catalog.url, staff.shop) as made:
        url = f"{catalog.url}/api/v1/admin/imports"
        done = made.ask("POST", url, content=FILE.read_bytes(), headers={"Content-Type": "text/csv"})
        assert (done["created"], done["refused_rows"]) == (20, 0), done
        missing = f"{catalog.url}/api/v1/admin/pictures"
        found = [made.ask("GET", missing, params={"limit": "100", "status": each}) for each in ("waiting", "failed")]
        assert sum(len(each["items"]) for each in found) == PICTURES
        yield made


@pytest.fixture
async def jewels(bench: Bench, imported: Staff) -> AsyncIterator[RunningApp]:
    urls = {"catalog": [imported.catalog], "shop": [imported.shop]}
    async with running_app("pages", bench, urls=urls, public_url="https://shop.example") as app:
        yield app


PATHS = sorted(f"/products/{row['Handle']}" for row in ROWS if row["Title"])


def cards(shown: Document) -> list[str]:
    return [*shown.text("li", class_="card"), *shown.text("li", class_="card sold-out")]


async def test_all_products_are_listed_and_what_they_are_counted(jewels: RunningApp):
    shown = await seen(jewels, "/products?sort=title")
    assert len(cards(shown)) == len(PATHS) == 20
    products = [row for row in ROWS if row["Title"]]
    kinds = Counter(row["Type"] for row in products)
    counted = {text for text in shown.text("a") if text.endswith(")")}
    assert counted == {f"{kind} ({number})" for kind, number in kinds.items()}
    makers = Counter(row["Vendor"] for row in products)
    assert {f"{maker} ({number})" for maker, number in makers.items()} <= set(shown.text("option"))
    assert len(cards(await seen(jewels, "/products?type=Earrings"))) == kinds["Earrings"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_product_is_told_and_what_is_empty_in_the_file_is_not(jewels: RunningApp, path: str):
    answer = await jewels.client.get(path)
    shown = document(answer)
    assert "Default Title" not in answer.text.partition("application/json")[0]
    rows = [row for row in ROWS if path.endswith(f"/{row['Handle']}")]
    assert shown.text("h1") == [rows[0]["Title"]]
    variants = [row for row in rows if row["Variant Price"]]
    assert len(shown.text("ul", class_="variants")) == (len(variants) > 1)
    assert shown.text("legend") == ([rows[0]["Option1 Name"]] if len(variants) > 1 else [])
    offers = shown.json(type="application/ld+json")[0]["offers"]
    assert [Decimal(each["price"]) for each in offers] == [Decimal(row["Variant Price"]) for row in variants]


async def test_pictures_that_are_not_here_are_not_shown_to_anybody_as_the_product(jewels: RunningApp):
    for path in ("/", "/products"):
        assert not (await seen(jewels, path)).all("meta", property="og:image")
    for path in ("/products/gemstone", "/products/bangle-bracelet"):
        shown = await seen(jewels, path)
        assert shown.text("div", class_="large views") == ["No picture"]
        assert not shown.all("div", class_="thumbs")
        assert "image" not in shown.json(type="application/ld+json")[0]
        assert not shown.all("meta", property="og:image")
        assert shown.json(id="page")[0]["product"]["images"]


async def test_one_that_is_here_is_shown_among_those_that_are_not(jewels: RunningApp, imported: Staff):
    imported.picture("origami-crane-necklace")
    url = f"{imported.catalog}/api/v1/products/origami-crane-necklace"
    wait_until(lambda: imported.ask("GET", url)["images"][-1]["sizes"], what="the sizes of a picture")
    shown = await seen(jewels, "/products/origami-crane-necklace")
    images = shown.json(id="page")[0]["product"]["images"]
    assert len(images) == 5
    here = f"https://shop.example{images[-1]['url']}"
    assert shown.json(type="application/ld+json")[0]["image"] == [here]
    assert shown.one("meta", property="og:image")["content"] == here
    assert shown.all("img", src=images[-1]["url"], loading="eager")
    assert not shown.all("div", class_="thumbs")


async def test_descriptions_are_html_or_words(jewels: RunningApp):
    shown = await seen(jewels, "/products/gemstone")
    assert "Turquoise or Quartz" in shown.text("li")
    assert shown.one("meta", name="description")["content"].startswith("Gemstone pendant, housed in sterling silver")
    plain = await seen(jewels, "/products/bangle-bracelet")
    assert plain.text("div", class_="told") == ["Gold bangle bracelet with studded jewels."]


async def test_a_variant_that_is_sold_out_is_marked(jewels: RunningApp, imported: Staff):
    # The file does not say that stock is counted; with an inventory tracker it does.
    counted = FILE.read_bytes().replace(b",0,,", b",0,shopify,")
    url = f"{imported.catalog}/api/v1/admin/imports?stock=overwrite"
    done = imported.ask("POST", url, content=counted, headers={"Content-Type": "text/csv"})
    assert (done["created"], done["refused_rows"]) == (0, 0)
    shown = await seen(jewels, "/products/leather-anchor")
    gold, silver = "Gold €69.99 before: €85.00 Only 1 left", "Silver €55.00 before: €85.00 Sold out"
    assert shown.text("ul", class_="variants") == [f"{gold} {silver}"]
    assert [each["class"] for each in shown.all("label") if "chip" in each.get("class", "")] == ["chip", "chip gone"]
