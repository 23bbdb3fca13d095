from __future__ import annotations

import json
import time
from typing import Any

import pytest
from fastapi import APIRouter, Request

from chassis import telemetry
from chassis.config import Settings
from chassis.service import create_service
from chassis.testing.apps import started
from chassis.testing.databases import empty_database
from chassis.web import Model, bodies

JSON = {"Content-Type": "application/json"}


class Part(Model):
    count: int


class Whole(Model):
    name: str = ""
    parts: tuple[Part, ...] = ()


router = APIRouter()


@router.post("/api/v1/things")
async def things(whole: Whole) -> Whole:
    return whole


@router.post("/api/v1/many")
@bodies.limited_to(keys=5_000)
async def many(whole: Whole) -> int:
    return len(whole.parts)


@router.post("/api/v1/raw")
async def raw(request: Request) -> int:
    return len(await request.body())


@router.post("/api/v1/crash")
async def crash() -> None:
    raise ZeroDivisionError


@router.get("/api/v1/left")
@router.get("/internal/left")
async def left() -> bool:
    return telemetry.remaining() is None


@pytest.fixture
async def client(bench):
    url = await empty_database(bench.postgres, "hello")
    app = create_service("hello", settings=Settings, routers=[router])
    fields = {**bench.environment("hello", url), "service_urls": {}}
    async with started(app, {name.lower(): value for name, value in fields.items()}) as client:
        yield client


def parts(number: int) -> bytes:
    return json.dumps({"parts": [{"count": n} for n in range(number)]}).encode()


UNKNOWN = b"{" + b",".join(b'"k%d":1' % number for number in range(57_000)) + b"}"
BROKEN = {
    "57,000 unknown keys": UNKNOWN,
    "1,500 unknown keys": b"{" + b",".join(b'"k%d":1' % number for number in range(1_500)) + b"}",
    "keys in many objects": b"[" + b",".join([b'{"a":1}'] * 1_200) + b"]",
    "an array of half a million": b"[" + b",".join([b"1"] * 490_000) + b"]",
    "empty arrays": b"[" + b",".join([b"[]"] * 300_000) + b"]",
    "unclosed brackets": b"[" * 900_000,
    "21 levels": b"[" * 21 + b"]" * 21,
    "900 levels": b'{"a":' * 900 + b"1" + b"}" * 900,
    "a number of a million digits": b"9" * 990_000,
    "a byte order mark": b'\xef\xbb\xbf{"name":"x"}',
    "UTF-16": '{"name":"x"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"name":"x"}'.encode("utf-16-le"),
    "UTF-32": '{"name":"x"}'.encode("utf-32"),
    "UTF-32 without a mark": '{"name":"x"}'.encode("utf-32-be"),
    "Latin-1": b'{"name":"\xe9"}',
    "a surrogate as UTF-8": b'{"name":"\xed\xa0\x80"}',
    "not a number": b'{"name":"x","parts":[{"count":NaN}]}',
    "infinity": b"-Infinity",
}


async def test_malformed_json_is_refused_before_validation(client):
    for what, body in BROKEN.items():
        answer = await client.post("/api/v1/things", content=body, headers=JSON)
        assert (answer.status_code, answer.json()["type"]) == (400, "malformed-request"), what
        assert answer.json()["detail"].endswith("."), what


async def test_a_hostile_body_costs_less_than_a_tenth_of_a_second(client):
    """Of the processor, at best: what else the machine does makes it cost more now and then."""
    for body in (UNKNOWN, b"{" + b",".join(b'"k%d":1' % number for number in range(1_000)) + b"}"):
        costs = []
        for _ in range(5):
            began = time.process_time()
            answer = await client.post("/api/v1/things", content=body, headers=JSON)
            costs.append(time.process_time() - began)
        assert min(costs) < 0.1
        assert answer.status_code in {400, 422}
    assert len(answer.json()["errors"]) == 20


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"name":"a","name":"b"}', "name"),
        (b'{"name":"a","\\u006eame":"a"}', "name"),
        (b'{"parts":[{"count":1},{"count":1,"count":2}]}', "count"),
        (b'{"name":"a","more":{"x":[{"y":{"z":1,"z":1}}]}}', "z"),
        (b'{"\\ud800":1,"\\ud800":1}', "?"),
    ],
)
async def test_a_key_that_stands_twice_is_refused_by_name(client, body: bytes, field: str):
    answer = await client.post("/api/v1/things", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["type"]) == (400, "malformed-request")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, "duplicate-key")]


async def test_usual_bodies_are_accepted(client):
    deep = {"name": "ä€😀 :,[{", "parts": [{"count": 1}, {"count": 2}]}
    answer = await client.post("/api/v1/things", json=deep)
    assert (answer.status_code, answer.json()) == (200, deep)
    texts = {"name": "[{,:" * 2_000}
    assert (await client.post("/api/v1/things", json=texts)).json()["name"] == texts["name"]
    for kind in ("application/json; charset=utf-8", "application/merge-patch+json", "Application/JSON"):
        answer = await client.post("/api/v1/things", content=b"{}", headers={"Content-Type": kind})
        assert answer.status_code == 200, kind


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "text/json", "json", "x+json"]
)
async def test_another_content_type_is_refused(client, kind: str | None):
    answer = await client.post("/api/v1/things", content=b"{}", headers={"Content-Type": kind} if kind else {})
    assert (answer.status_code, answer.json()["type"]) == (415, "unsupported-media-type")


async def test_a_handler_may_take_more_keys_or_read_for_itself(client):
    assert (await client.post("/api/v1/things", content=parts(1_000), headers=JSON)).status_code == 400
    assert (await client.post("/api/v1/many", content=parts(1_000), headers=JSON)).json() == 1_000
    assert (await client.post("/api/v1/many", content=parts(5_000), headers=JSON)).status_code == 400
    assert (await client.post("/api/v1/raw", content=UNKNOWN, headers=JSON)).json() == len(UNKNOWN)


async def test_a_body_in_chunks_is_checked_as_a_whole(client):
    async def dripping(body: bytes):
        for byte in body:
            yield bytes([byte])

    good = await client.post("/api/v1/things", content=dripping(b'{"name":"a"}'), headers=JSON)
    assert good.json()["name"] == "a"
    bad = await client.post("/api/v1/things", content=dripping(b'{"name":"a","name":"b"}'), headers=JSON)
    assert bad.status_code == 400


async def test_a_body_in_very_many_parts_is_refused(client):
    async def dripping(parts: int):
        for _ in range(parts):
            yield b" "
        yield b"{}"

    assert (await client.post("/api/v1/things", content=dripping(5_000), headers=JSON)).status_code == 200
    answer = await client.post("/api/v1/things", content=dripping(6_000), headers=JSON)
    assert (answer.status_code, answer.json()["type"]) == (413, "content-too-large")
    assert "fewer and larger parts" in answer.json()["detail"]


async def test_too_many_parameters_are_refused_before_they_are_read(client):
    assert (await client.get(f"/api/v1/left?{'&'.join('a=1' for _ in range(100))}")).status_code == 422
    answer = await client.get(f"/api/v1/left?{'&'.join('a=1' for _ in range(101))}")
    assert (answer.status_code, answer.json()["type"]) == (400, "malformed-request")


async def test_deadline_and_request_id_from_outside_are_ignored(client):
    claims: dict[str, Any] = {"X-Request-Id": "abcdefgh-1", "X-Deadline": str(int(time.time() * 1000) + 5_000)}
    outside = await client.get("/api/v1/left", headers=claims)
    assert outside.json() is True
    assert outside.headers["x-request-id"] != "abcdefgh-1"
    inside = await client.get("/internal/left", headers=claims)
    assert inside.json() is False
    assert inside.headers["x-request-id"] == "abcdefgh-1"


async def test_a_body_that_ends_early_is_a_client_error(client):
    """Servers tell chunks that are none as they tell a client that went away."""

    async def receive():
        return {"type": "http.disconnect"}

    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"transfer-encoding", b"chunked"), (b"content-type", b"application/json")]
    for path in ("/api/v1/raw", "/api/v1/things"):
        scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": headers,
        }
        scope |= {"client": ("127.0.0.1", 1), "server": ("x", 80), "scheme": "http", "http_version": "1.1"}
        sent.clear()
        await client._transport.app({**scope, "raw_path": path.encode(), "root_path": ""}, receive, send)
        assert sent[0]["status"] == 400
        assert json.loads(sent[1]["body"])["type"] == "malformed-request"


async def test_an_internal_error_is_500_and_for_a_chunked_body_503(client):
    async def streamed():
        yield b"{}"

    assert (await client.post("/api/v1/crash", content=b"{}")).status_code == 500
    answer = await client.post("/api/v1/crash", content=streamed())
    assert (answer.status_code, answer.json()["type"]) == (503, "dependency-unavailable")
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_chunked_body_of_a_reading_request_is_limited_as_any_other(client, method):
    async def streamed(parts):
        for _ in range(parts):
            yield b"x" * 100_000

    assert (await client.request(method, "/health/live", content=streamed(5))).status_code == 200
    refused = await client.request(method, "/health/live", content=streamed(11))
    assert refused.status_code == 413
