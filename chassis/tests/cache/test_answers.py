import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.requests import Request

from chassis.cache import cache, respond


async def answer(*if_none_match: str, body: bytes = b"{}") -> tuple[int, dict[str, str], bytes]:
    headers = [(b"if-none-match", value.encode()) for value in if_none_match]
    request = Request({"type": "http", "method": "GET", "headers": [(b"accept", b"*/*"), *headers]})
    response = respond(request, cache.encode(body), "public, max-age=5")
    sent: list[dict[str, object]] = []

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message)

    receive: Callable[[], Awaitable[dict[str, str]]] = asyncio.Event().wait  # type: ignore[assignment]
    await response({"type": "http", "method": "GET"}, receive, send)
    start, end = sent
    fields = start["headers"]
    assert isinstance(fields, list)
    body_sent = end["body"]
    assert isinstance(body_sent, bytes)
    return response.status_code, {name.decode(): value.decode() for name, value in fields}, body_sent


ETAG = cache.encode(b"{}").etag


async def test_an_answer_has_a_strong_etag_that_follows_the_bytes():
    status, headers, body = await answer()
    assert (status, body) == (200, b"{}")
    assert headers == {
        "etag": ETAG,
        "cache-control": "public, max-age=5",
        "content-type": "application/json",
        "content-length": "2",
    }
    assert ETAG.startswith('"')
    assert cache.encode(b"{} ").etag != ETAG


@pytest.mark.parametrize(
    "header", [(ETAG,), (f"W/{ETAG}",), ("*",), (f'"a,b", {ETAG}',), (f'"a",W/{ETAG}',), ('"x"', ETAG), (f" {ETAG} ",)]
)
async def test_a_matching_etag_gets_a_304_without_a_body(header: tuple[str, ...]):
    status, headers, body = await answer(*header)
    assert (status, body) == (304, b"")
    assert headers == {"etag": ETAG, "cache-control": "public, max-age=5"}


@pytest.mark.parametrize("header", [(), ('"x"',), (ETAG.strip('"'),), ("",), ('"*"',), (ETAG[:-1],), ("é",)])
async def test_another_etag_gets_the_whole_body(header: tuple[str, ...]):
    assert (await answer(*header))[0] == 200
