"""Reads of what another service has for everybody."""

import time
from typing import Any

import pytest
from aiohttp import web

from chassis import telemetry
from chassis.db.database import _in_transaction
from chassis.http import answers, peers
from chassis.problems import Unavailable
from chassis.telemetry import trace
from chassis.tests.auth.support import sample
from chassis.tests.http.support import answering, calling, cut, quote, refusing


@pytest.fixture(autouse=True)
def no_deadline() -> None:
    telemetry.clear_deadline()
    trace._trace.set(trace.Trace("", ""))


async def test_an_answer_is_given_whole():
    async def handler(_request: web.Request) -> web.Response:
        return web.json_response({"a": 1}, headers={"ETag": '"x"', "Cache-Control": "public, max-age=60"})

    async with calling(handler) as (client, _):
        answer = await client.read("catalog", "/api/v1/products?limit=2")
    assert (answer.status, answer.kind, answer.body) == (200, "application/json", b'{"a": 1}')
    assert (answer.headers["etag"], answer.headers["CACHE-CONTROL"]) == ('"x"', "public, max-age=60")


@pytest.mark.parametrize("status", [301, 304, 400, 404, 410, 422])
async def test_a_redirection_or_refusal_is_an_answer(status: int):
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/api/v1/products/new"})

    async with calling(handler) as (client, (replica,)):
        answer = await client.read("catalog", "/api/v1/products/old")
        assert (answer.status, answer.headers["location"]) == (status, "/api/v1/products/new")
        assert len(replica.seen) == 1


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502])
async def test_a_refusal_of_this_service_or_an_error_is_unavailable(status: int):
    async with calling(refusing(status, type="x")) as (client, _):
        with pytest.raises(Unavailable, match="catalog service did not answer") as raised:
            await client.read("catalog", "/api/v1/products")
    assert isinstance(raised.value.__cause__, peers.Failure)


async def test_it_carries_its_headers_trace_and_deadline_and_no_signature():
    begun = telemetry.begin(f"00-{'1' * 32}-{'2' * 16}-01", "request-77", "vendor=1")
    began = time.time()
    async with calling(quote) as (client, (replica,)):
        await client.read("catalog", "/api/v1/products?a=b%20c", headers={"If-None-Match": '"x"'}, timeout=30)
        request, body = replica.seen[0]
    assert (request.method, request.path_qs, body) == ("GET", "/api/v1/products?a=b%20c", b"")
    assert request.headers["If-None-Match"] == '"x"'
    assert request.headers["traceparent"] == begun.traceparent
    assert began - 0.001 <= int(request.headers["X-Deadline"]) / 1000 - 30 <= time.time()
    assert not {"Authorization", "Cookie", "Content-Type", "User-Agent"} & set(request.headers)


async def test_it_is_tried_once_more_at_another_replica():
    before = sample("http_client_request_duration_seconds_count", server="catalog", outcome="ok")
    async with calling(cut, quote) as (client, (bad, good)):
        for _ in range(3):
            assert (await client.read("catalog", "/api/v1/products")).status == 200
    assert (len(good.seen), len(bad.seen) >= 1) == (3, True)
    assert sample("http_client_request_duration_seconds_count", server="catalog", outcome="ok") == before + 3


async def test_a_service_that_keeps_failing_is_not_asked_for_a_while():
    async with calling(answering(503)) as (client, (replica,)):
        for _ in range(peers.BREAKER_FAILURES + 5):
            with pytest.raises(Unavailable):
                await client.read("catalog", "/api/v1/products")
        assert len(replica.seen) <= peers.BREAKER_FAILURES + 1


async def test_it_is_bounded():
    async with calling(answering(200, b"x" * (answers.MAX_BYTES + 1))) as (client, _):
        with pytest.raises(Unavailable):
            await client.read("catalog", "/api/v1/products")


@pytest.mark.parametrize("path", ["", "@evil.example/", "api/v1/products", ".evil.example/"])
async def test_a_path_cannot_name_another_host(path: str):
    async with calling(quote) as (client, (replica,)):
        with pytest.raises(ValueError, match="begins with /"):
            await client.read("catalog", path)
        assert replica.seen == []


async def test_a_read_inside_a_transaction_or_of_a_stranger_is_refused():
    async with calling(quote) as (client, _):
        with pytest.raises(RuntimeError, match="SERVICE_URLS does not say"):
            await client.read("stranger", "/")
        token: Any = _in_transaction.set(True)
        try:
            with pytest.raises(RuntimeError, match="inside a transaction"):
                await client.read("catalog", "/")
        finally:
            _in_transaction.reset(token)
