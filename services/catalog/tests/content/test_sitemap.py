"""The sitemap and robots.txt of a shop with languages, collections, categories and texts."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.robotparser import RobotFileParser

import httpx
import pytest

from catalog.content.domain import sitemap
from catalog.content.domain.sitemap import Entry
from catalog.tests.content.desk import Desk
from catalog.tests.editing.bodies import created
from catalog.tests.shop import PRINT, Shop
from chassis.testing import LiveService, live_service, running_app
from chassis.testing.keys import Bench

BASE = "https://shop.example"
SITEMAPS = "/api/v1/content/sitemaps"
CURRENCIES = ("EUR", "CHF")
NOBODY = "http://127.0.0.1:9"
SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
PROFILE: dict[str, Any] = {
    "version": 1,
    "name": "Tide",
    "logo_url": None,
    "colours": {"primary": "#7fd0b0", "accent": "#c8553d", "background": "#fffffe"},
    "currencies": ["EUR", "CHF"],
    "languages": ["en", "de-AT"],
    "time_zone": "Europe/Berlin",
    "mail_sender": {"name": None, "reply_to": None},
}


@pytest.fixture(scope="module")
def profile(bench: Bench) -> Iterator[LiveService]:
    """The service shop, which has two languages, two currencies and a text in each language."""
    with live_service("shop", bench, purpose="sitemap", CURRENCIES=",".join(CURRENCIES)) as live:
        token = bench.keyring.access_token(scopes=("settings:read", "settings:write"), aud=["shop"])
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "sitemap-profile"}
        with httpx.Client(base_url=live.url, headers=headers) as client:
            assert client.put("/api/v1/admin/shop", json=PROFILE).status_code == 200
            for language in PROFILE["languages"]:
                text = {"title": "Returns", "body": "Send it back."}
                done = client.put(f"/api/v1/admin/shop/policies/returns/{language}", json=text)
                assert done.status_code in {200, 201}, done.text
        yield live


async def _desk(bench: Bench, folder: Path, shop: str) -> AsyncIterator[Desk]:
    urls = {"shop": [shop]}
    own: dict[str, Any] = {"currencies": CURRENCIES, "public_url": f"{BASE}/", "media_dir": folder}
    async with running_app("catalog", bench, urls=urls, **own) as app:
        shop_of = Shop(app)
        await shop_of.stock_up(PRINT)
        yield await Desk.of(shop_of)


@pytest.fixture
async def told(bench: Bench, tmp_path: Path, profile: LiveService) -> AsyncIterator[Desk]:
    """Staff of a catalog that the service shop answers."""
    async for desk in _desk(bench, tmp_path, profile.url):
        yield desk


@pytest.fixture
async def untold(bench: Bench, tmp_path: Path) -> AsyncIterator[Desk]:
    """Staff of a catalog that the service shop does not answer."""
    async for desk in _desk(bench, tmp_path, NOBODY):
        yield desk


async def parsed(desk: Desk, path: str) -> ET.Element:
    answer = await desk.client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml"), answer.text
    assert answer.headers["cache-control"] == "public, max-age=600"
    again = await desk.client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    return ET.fromstring(answer.content)  # nosec B314 -- our own sitemap


async def found(desk: Desk) -> list[ET.Element]:
    """The pages of all files, as the index names them."""
    listed = [each.text or "" for each in (await parsed(desk, SITEMAPS)).iterfind("s:sitemap/s:loc", SPACES)]
    assert listed == [f"{BASE}{SITEMAPS}/{number + 1}" for number in range(len(listed))]
    files = [await parsed(desk, address.removeprefix(BASE)) for address in listed]
    return [page for file in files for page in file.iterfind("s:url", SPACES)]


async def _fill(desk: Desk) -> None:
    body = {"slug": "warm", "title": "Warm", "description_html": "", "published": True}
    await desk.done("POST", "/api/v1/admin/collections", body)
    await desk.done("POST", "/api/v1/admin/collections", {**body, "slug": "hidden", "published": False})
    categories = "/api/v1/admin/categories"
    top = await desk.done("POST", categories, {"slug": "prints", "title": "Prints"})
    below = await desk.done("POST", categories, {"slug": "sea", "title": "Sea", "parent_id": top["id"]})
    await desk.done("POST", categories, {"slug": "empty", "title": "Empty", "parent_id": top["id"]})
    chosen = {"category_id": below["id"], "product_ids": [str(desk.product_id)]}
    answer = await desk.ask("POST", f"{categories}/assignments", chosen)
    assert answer.status_code < 300, answer.text
    await created(desk.shop, slug="secret", status="draft")


PATHS = (
    *("/", "/products", "/collections", "/collections/warm", "/categories/prints", "/categories/prints/sea"),
    *("/policies/returns", "/products/tide-no-4"),
)


@pytest.mark.parametrize("most", [5_000, 6])
async def test_every_page_is_there_in_every_language_with_the_others(
    told: Desk, monkeypatch: pytest.MonkeyPatch, most: int
):
    monkeypatch.setattr(sitemap, "MOST_ADDRESSES", most)
    await _fill(told)
    pages = await found(told)
    addresses = [page.findtext("s:loc", namespaces=SPACES) for page in pages]
    assert addresses == [f"{BASE}{prefix}{path}" for path in PATHS for prefix in ("", "/de-at")]
    for page, path in zip(pages, (path for path in PATHS for _ in range(2)), strict=True):
        others = page.findall("x:link", SPACES)
        assert {each.get("rel") for each in others} == {"alternate"}
        assert [(each.get("hreflang"), each.get("href")) for each in others] == [
            ("en", f"{BASE}{path}"),
            ("de-AT", f"{BASE}/de-at{path}"),
            ("x-default", f"{BASE}{path}"),
        ]


async def test_a_page_says_when_it_changed_last(told: Desk):
    await _fill(told)
    before = datetime.now(UTC).replace(microsecond=0)
    await told.rename("tide")
    changed = {
        page.findtext("s:loc", "", SPACES).removeprefix(BASE): page.findtext("s:lastmod", None, SPACES)
        for page in await found(told)
    }
    assert "/products/tide-no-4" not in changed
    said = changed["/products/tide"]
    assert said is not None
    assert before <= datetime.fromisoformat(said) <= datetime.now(UTC)
    assert {path for path, when in changed.items() if when is None} == {
        f"{prefix}{path}" for prefix in ("", "/de-at") for path in ("/", "/products", "/collections")
    }


async def test_a_file_that_there_is_not_is_not_found(told: Desk):
    for number, status in ((1, 200), (2, 404), (50_000, 404), (50_001, 422), (0, 422)):
        assert (await told.client.get(f"{SITEMAPS}/{number}")).status_code == status


async def test_robots_leave_out_what_is_of_one_person_in_every_language_and_currency(told: Desk):
    answer = await told.client.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    robots = RobotFileParser()
    robots.parse(answer.text.splitlines())
    assert robots.site_maps() == [f"{BASE}{SITEMAPS}"]
    for prefix in ("", "/de-at", "/en-chf", "/de-at-chf"):
        for path in ("/cart", "/checkout", "/orders/find", "/account/reset", "/account", "/sign-in", "/sign-up"):
            assert not robots.can_fetch("Googlebot", BASE + prefix + path)
        for path in (*PATHS, "/search?search=cart", "/products/cart", "/collections/orders"):
            assert robots.can_fetch("Googlebot", BASE + prefix + path)
    assert robots.can_fetch("Googlebot", f"{BASE}{SITEMAPS}/1")


async def test_without_the_shop_the_sitemap_waits_and_robots_say_what_is_certain(untold: Desk):
    for path in (SITEMAPS, f"{SITEMAPS}/1"):
        answer = await untold.client.get(path)
        assert (answer.status_code, answer.json()["type"]) == (503, "dependency-unavailable")
    robots = await untold.client.get("/robots.txt")
    assert (robots.status_code, robots.headers["cache-control"]) == (200, "no-store")
    assert "Disallow: /checkout\n" in robots.text


@pytest.mark.parametrize("count", range(1, 21))
def test_no_file_is_longer_than_the_protocol_allows(count: int):
    languages = ["en", *(f"d{chr(97 + place)}-AT" for place in range(count - 1))]
    longest = "/categories/" + "/".join(["x" * 200] * 6)
    entries = [Entry(longest, datetime.now(UTC))] * sitemap.per_file(languages)
    made = sitemap.file("https://a-long-name-of-a-shop.example.com", languages, entries)
    assert len(made) <= 50_000_000
    assert made.count(b"<url>") <= 50_000


def test_addresses_are_written_as_xml_needs_them():
    address = "https://shop.example/a&b"
    made = ET.fromstring(sitemap.file(address, ["en", "de"], [Entry("/")]))  # nosec B314 -- our own sitemap
    assert [each.text for each in made.iterfind("s:url/s:loc", SPACES)] == [f"{address}/", f"{address}/de/"]
    listed = ET.fromstring(sitemap.index([address]))  # nosec B314 -- as above
    assert [each.text for each in listed.iterfind("s:sitemap/s:loc", SPACES)] == [address]
