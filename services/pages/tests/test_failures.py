"""What pages do while the catalog or the shop does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.testing import LiveService, RunningApp, live_service, running_app
from chassis.testing.keys import Bench
from pages.tests.conftest import CURRENCIES
from pages.tests.reading import document, seen
from pages.tests.staff import Staff

NOBODY = ["http://127.0.0.1:9"]


async def test_without_the_catalog_a_page_says_so_and_frames_go_on(bench: Bench, staff: Staff):
    urls = {"catalog": NOBODY, "shop": [staff.shop]}
    async with running_app("pages", bench, urls=urls, currencies=CURRENCIES) as pages:
        for path in ("/", "/products", "/products/tide", "/collections/warm", "/categories/prints", "/nowhere"):
            answer = await pages.client.get(path)
            shown = document(answer, 503)
            assert shown.one("body") == {"data-page": "trouble"}, path
            assert (answer.headers["retry-after"], answer.headers["cache-control"]) == ("5", "no-store")
            assert shown.text("a", class_="brand") == ["Tide & Fifth"]
        assert (await seen(pages, "/de/cart")).one("body") == {"data-page": "cart"}
        assert (await seen(pages, "/policies/returns")).text("h1") == ["Returns"]


async def test_without_the_shop_pages_go_on_by_the_settings_and_are_not_kept(bench: Bench, staff: Staff):
    urls = {"catalog": [staff.catalog], "shop": NOBODY}
    async with running_app("pages", bench, urls=urls, currencies=CURRENCIES, shop_name="Before") as pages:
        answer = await pages.client.get("/products/tide")
        assert document(answer).text("a", class_="brand") == ["Before"]
        assert answer.headers["cache-control"] == "no-store"
        assert (await seen(pages, "/en-chf/products/wave-01")).text("p", class_="price") == ["CHF 26.00"]
        await seen(pages, "/policies/returns", 503)
        assert (await pages.client.get("/products/")).headers["cache-control"] == "no-store"
        # It may be a language of the shop.
        await seen(pages, "/de/products", 503)
        await seen(pages, "/nowhere", 404)


@pytest.fixture
def leaving(bench: Bench, tmp_path: Path) -> Iterator[LiveService]:
    """A catalog that a test may end."""
    settings: Any = {"purpose": "pages-leaving", "MEDIA_DIR": str(tmp_path), "CURRENCIES": CURRENCIES}
    with live_service("catalog", bench, **settings) as catalog:
        yield catalog


async def test_what_was_shown_stays_while_the_catalog_is_away(bench: Bench, staff: Staff, leaving: LiveService):
    with Staff(bench, leaving.url, staff.shop) as own:
        own.product("away", "Away")
    urls = {"catalog": [leaving.url], "shop": [staff.shop]}
    async with running_app("pages", bench, urls=urls, currencies=CURRENCIES) as pages:
        before = await seen(pages, "/products/away")
        leaving.process.terminate()
        leaving.process.wait(30)
        after = await seen(pages, "/products/away")
        assert after.text("h1") == before.text("h1") == ["Away"]
        # What was not asked for before is not known.
        await seen(pages, "/products/away-too", 503)


async def test_many_searches_of_one_address_are_refused_by_a_page(bench: Bench, urls: dict[str, list[str]]):
    async with running_app("pages", bench, urls=urls, page_search_limit="3/min") as pages:
        for _ in range(3):
            await seen(pages, "/search?search=tide")
        answer = await pages.client.get("/search?search=tide")
        assert document(answer, 429).one("body") == {"data-page": "trouble"}
        assert int(answer.headers["retry-after"]) > 0
        await seen(pages, "/products")


@pytest.mark.parametrize("origin", ["http://localhost:8005", ""])
async def test_the_pay_page_runs_the_double_s_script_where_there_is_a_double(
    bench: Bench, urls: dict[str, list[str]], origin: str
):
    async with running_app("pages", bench, urls=urls, stripe_double_origin=origin) as pages:
        pay: RunningApp = pages
        answer = await pay.client.get("/orders/0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02/pay")
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        stripe = "https://js.stripe.com https://*.js.stripe.com"
        assert policy["script-src"] == f"'self' {origin or stripe}"
        assert policy["connect-src"] == f"'self' {origin or 'https://api.stripe.com'}"
        assert policy["frame-src"] == (origin or f"{stripe} https://hooks.stripe.com")


async def test_many_at_once_cost_one_read(pages: RunningApp, urls: dict[str, list[str]]):
    async def reads() -> int:
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"{urls['catalog'][0]}/metrics")).text
        lines = [line for line in text.splitlines() if line.startswith("http_server_request_duration_seconds_count{")]
        return sum(int(float(line.rpartition(" ")[2])) for line in lines if "{slug}/related" in line)

    before = await reads()
    answers = await asyncio.gather(*(pages.client.get("/products/wave-07") for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    # An answer is kept for 2 seconds, in which a busy machine may not have made all pages.
    assert 1 <= await reads() - before <= 5


@pytest.fixture
def strict(bench: Bench, tmp_path: Path) -> Iterator[LiveService]:
    """A catalog that lets each address read little."""
    settings: Any = {"purpose": "pages-strict", "MEDIA_DIR": str(tmp_path), "READ_LIMIT": "30/min"}
    with live_service("catalog", bench, **settings) as catalog:
        yield catalog


async def test_one_address_that_reads_too_much_takes_no_page_from_others(
    bench: Bench, staff: Staff, strict: LiveService
):
    urls = {"catalog": [strict.url], "shop": [staff.shop]}
    async with running_app("pages", bench, urls=urls) as pages:

        async def status(visitor: str, number: int) -> int:
            path, headers = f"/products/none-{number}", {"X-Forwarded-For": visitor}
            return (await pages.client.get(path, headers=headers)).status_code

        greedy = [await status("203.0.113.1", number) for number in range(40)]
        assert (greedy[0], greedy[-1]) == (404, 503)
        assert await status("203.0.113.2", 100) == 404
