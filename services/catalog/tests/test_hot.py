"""Reads that are answered before they are routed: with the same answers as routed ones, at a fixed cost."""

from __future__ import annotations

import asyncio
import itertools
from urllib.parse import urlsplit

import pytest

from catalog.api import hot
from catalog.tests.shop import PRINT, Shop
from chassis.limits.gcra import Local
from chassis.limits.reads import Reads
from chassis.testing.calls import calls_of
from chassis.testing.counts import RecordCount
from chassis.testing.routes import without_what_differs

LIST, DETAIL = "/api/v1/products", "/api/v1/products/tide-no-4"
ADDRESSES = [
    *(LIST, DETAIL, f"{LIST}?limit=1", f"{LIST}?search=tide", f"{LIST}?s%65arch=tide", f"{DETAIL}?currency=EUR"),
    *(f"{LIST}?no_such=1", f"{LIST}?limit=1&limit=1", f"{LIST}?limit=x", f"{DETAIL}?currency=XXX", f"{DETAIL}?a=b"),
    *(f"{LIST}/", f"{LIST}/no-such", f"{LIST}/No%3Fslug", f"{LIST}/a/b", f"{DETAIL}/stock", f"{LIST}x", f"{DETAIL}%3F"),
    *(f"{LIST}?{'&' * 100}", f"{LIST}?limit=1%00", f"{LIST}?%ff", f"{LIST}?product_type=Print%20x", f"{LIST}?cursor=x"),
]
HEADERS = [
    {},
    {"If-None-Match": "*"},
    {"If-None-Match": '"x"'},
    {"Origin": "https://else.where"},
    {"Content-Length": "2"},
]
# Lower it when a read costs less; a change that costs more gives its reason here.
CALLS = 38
HITS = 50


@pytest.fixture
async def sold(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A product to read, in a cache whose time stands still."""
    await shop.stock_up(PRINT)
    cache = shop.app.ctx.cache
    now = cache._clock()
    monkeypatch.setattr(cache, "_clock", lambda: now)
    monkeypatch.setattr(cache._tags, "_clock", lambda: now)
    return shop


async def _both(shop: Shop, monkeypatch, method, address, headers):
    content = b"{}" if "Content-Length" in headers else None
    first = await shop.client.request(method, address, headers=headers, content=content)
    before = await shop.client.request(method, address, headers=headers, content=content)
    with monkeypatch.context() as patch:
        patch.setattr("chassis.web.hot.answer", lambda *_: None)
        routed = await shop.client.request(method, address, headers=headers, content=content)
    return [without_what_differs(answer) for answer in (first, before, routed)]


async def test_the_answer_is_that_of_the_route(sold: Shop, monkeypatch):
    for method, address, headers in itertools.product(("GET", "HEAD", "POST"), ADDRESSES, HEADERS):
        first, before, routed = await _both(sold, monkeypatch, method, address, headers)
        assert first == before == routed, (method, address, headers)


@pytest.mark.parametrize("address", [LIST, DETAIL])
async def test_a_body_above_the_limit_is_refused_before_a_hit(sold: Shop, address: str):
    assert (await sold.client.get(address)).status_code == 200
    refused = await sold.client.request("GET", address, content=b" " * 1_000_001)
    assert (refused.status_code, refused.json()["type"]) == (413, "content-too-large")
    assert (await sold.client.request("GET", address, content=b" " * 1_000_000)).status_code == 200


@pytest.mark.parametrize("address", [LIST, DETAIL])
async def test_a_chunked_body_is_read_to_its_end_before_the_answer(sold: Shop, address: str):
    sent = []

    async def chunks():
        for chunk in [b" " * 300_000] * 3:
            sent.append(chunk)
            yield chunk

    assert (await sold.client.get(address)).status_code == 200
    assert (await sold.client.request("GET", address, content=chunks())).status_code == 200
    assert len(sent) == 3


async def test_a_hit_asks_neither_database_nor_valkey(sold: Shop):
    etags = [(await sold.client.get(address)).headers["etag"] for address in (LIST, DETAIL)]
    await sold.db.close()
    for address, etag in zip((LIST, DETAIL), etags, strict=True):
        commands = await _commands(sold.app.bench.valkey_url)
        for _ in range(HITS):
            assert (await sold.client.get(address)).headers["etag"] == etag
            assert (await sold.client.get(address, headers={"If-None-Match": etag})).status_code == 304
        # Not 0: the question itself counts, and the server's other clients send a command now and then.
        assert await _commands(sold.app.bench.valkey_url) - commands < HITS


async def _commands(url: str) -> int:
    """Commands that Valkey was sent since it began."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"INFO stats\r\n")
    text = await reader.readuntil(b"\r\ntotal_net_input_bytes")
    writer.close()
    await writer.wait_closed()
    return int(text.partition(b"total_commands_processed:")[2].split()[0])


@pytest.mark.parametrize(("address", "query"), [(LIST, "limit=20"), (DETAIL, "")])
async def test_a_hit_makes_few_calls(sold: Shop, address: str, query: str, record_count: RecordCount):
    await sold.client.get(f"{address}?{query}")
    await calls_of(sold.app.app, address, query)
    found = await calls_of(sold.app.app, address, query)
    record_count(f"GET {address}, cached", python_calls=found.total())
    assert found["Router.__call__"] == 0
    assert found.total() <= CALLS, found


async def test_a_change_is_visible_to_the_next_hit(sold: Shop):
    before = (await sold.client.get(DETAIL)).json()
    await sold.client.patch("/api/v1/admin/products/tide-no-4", json={"title": "Ebb"}, headers=sold.staff)
    assert before["title"] == "Tide No. 4"
    assert (await sold.client.get(DETAIL)).json()["title"] == "Ebb"


async def test_an_entry_that_is_too_old_is_made_again(sold: Shop, monkeypatch):
    await sold.client.get(DETAIL)
    later = sold.app.ctx.cache._clock() + hot.TTL_SECONDS
    monkeypatch.setattr(sold.app.ctx.cache, "_clock", lambda: later)
    found = sold.app.ctx.cache.hit(f"{DETAIL}?", hot.TAG)
    assert found is None
    assert (await sold.client.get(DETAIL)).status_code == 200


async def test_a_hit_is_counted_against_the_limit(sold: Shop):
    ctx = sold.app.ctx
    ctx.extras[Reads] = reads = Reads("3/min", ctx.limiter.proxies)
    reads._local = Local(clock=lambda: 50_000_000_000)  # a moment
    answers = [await sold.client.get(LIST) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json()["type"] == "rate-limited"
    assert answers[3].headers["retry-after"] == "20"


async def test_a_hit_is_measured_under_its_route(sold: Shop):
    for _ in range(2):
        await sold.client.get(DETAIL)
    text = (await sold.client.get("/metrics")).text
    labels = 'http_request_method="GET",http_response_status_code="200",http_route="/api/v1/products/{slug}"'
    assert f"http_server_request_duration_seconds_count{{{labels}}}" in text


async def test_products_are_shown_while_the_database_is_away_and_their_stock_is_not(sold: Shop, monkeypatch):
    monkeypatch.setattr(hot, "TTL_SECONDS", 0.0)
    before = [(await sold.client.get(address)).json() for address in (LIST, DETAIL)]
    assert before[0]["items"]
    await sold.app.ctx.db.close()
    assert [(await sold.client.get(address)).json() for address in (LIST, DETAIL)] == before
    assert (await sold.client.get(f"{DETAIL}/stock")).status_code == 503
    assert (await sold.client.get(f"{LIST}?limit=3")).status_code == 503
