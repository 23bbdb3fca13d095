import time
from typing import Any

import jwt
import msgspec
import pytest
from aiohttp import web

from chassis import auth, telemetry
from chassis.db.database import _in_transaction
from chassis.http import ServiceClient, ServiceProblem, answers, peers
from chassis.problems import Unavailable
from chassis.telemetry import trace
from chassis.tests.auth.support import sample
from chassis.tests.http.support import KEY, Quote, answering, calling, quote, refusing


@pytest.fixture(autouse=True)
def no_deadline() -> None:
    telemetry.clear_deadline()
    trace._trace.set(trace.Trace("", ""))


def outcomes(outcome: str) -> float:
    return sample("http_client_request_duration_seconds_count", server="catalog", outcome=outcome)


async def fails(client: ServiceClient, **options: Any) -> peers.Failure:
    with pytest.raises(Unavailable, match="catalog service did not answer") as raised:
        await client.call("catalog", "GET", "/internal/quotes", **options)
    assert isinstance(raised.value.__cause__, peers.Failure)
    return raised.value.__cause__


async def test_an_answer_is_decoded_to_the_requested_type():
    before = outcomes("ok")
    async with calling(quote) as (client, _):
        assert await client.call("catalog", "GET", "/internal/quotes?after=a%20b", into=Quote) == Quote("A-1", 250)
        await client.call("catalog", "POST", "/internal/quotes")
    assert outcomes("ok") == before + 2


async def test_a_call_is_signed_and_carries_trace_deadline_and_body():
    begun = telemetry.begin(f"00-{'1' * 32}-{'2' * 16}-01", "request-77", "vendor=1")
    began = time.time()
    async with calling(quote) as (client, (replica,)):
        await client.call("catalog", "POST", "/internal/quotes?a=b%20c", json={"lines": [1]}, timeout=30)
        request, body = replica.seen[0]
    entry = msgspec.convert({"key": auth.jwk(KEY.public_key()), "may": ["call"]}, auth.service_auth.ServiceKeys)
    token = request.headers["Authorization"].removeprefix("Bearer ")
    assert auth.ServiceVerifier({"orders": entry}, "catalog").identify(token).name == "orders"
    assert request.path_qs == "/internal/quotes?a=b%20c"
    assert (request.method, body) == ("POST", b'{"lines":[1]}')
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["X-Request-Id"] == "request-77"
    assert request.headers["traceparent"] == begun.traceparent
    assert request.headers["tracestate"] == "vendor=1"
    assert began - 0.001 <= int(request.headers["X-Deadline"]) / 1000 - 30 <= time.time()


async def test_outside_of_a_request_no_trace_is_sent():
    async with calling(quote) as (client, (replica,)):
        await client.call("catalog", "GET", "/internal/quotes")
        await client.call("catalog", "GET", "/internal/quotes")
    (first, _), (second, _) = replica.seen
    assert "X-Request-Id" not in first.headers
    assert "Content-Type" not in first.headers
    assert first.headers["Authorization"] == second.headers["Authorization"]


async def test_a_documented_refusal_is_passed_on():
    before = outcomes("problem")
    refusal = refusing(409, type="out-of-stock", title="t", detail="Too few", request_id="r", lines=[{"sku": "A"}])
    async with calling(refusal) as (client, (replica,)):
        with pytest.raises(ServiceProblem) as raised:
            await client.call("catalog", "POST", "/internal/reservations", into=Quote)
        assert len(replica.seen) == 1
    assert (raised.value.status, raised.value.type, raised.value.detail) == (409, "out-of-stock", "Too few")
    assert raised.value.extensions == {"lines": [{"sku": "A"}]}
    assert str(raised.value) == "409 out-of-stock"
    assert outcomes("problem") == before + 1


@pytest.mark.parametrize(
    "handler",
    [
        answering(404, b"not found"),
        answering(302),
        answering(500, b'{"type":"internal-error"}', "application/problem+json"),
        refusing(401, type="unauthenticated"),
        refusing(403, type="forbidden"),
        refusing(429, type="rate-limited"),
    ],
)
async def test_any_other_answer_is_unavailable_and_not_repeated(handler: Any):
    async with calling(handler) as (client, (replica,)):
        assert (await fails(client)).kind == "status"
        assert len(replica.seen) == 1


async def test_a_token_that_was_refused_is_signed_anew():
    async with calling(refusing(401, type="unauthenticated")) as (client, (replica,)):
        await fails(client)
        await fails(client)
    tokens = {request.headers["Authorization"] for request, _ in replica.seen}
    assert len(tokens) == 2
    assert all(jwt.decode(token[7:], options={"verify_signature": False})["aud"] == "catalog" for token in tokens)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"sku": 1, "amount": 2}'])
async def test_an_answer_of_another_form_is_unavailable(body: bytes):
    async with calling(answering(200, body)) as (client, _):
        assert (await fails(client, into=Quote)).kind == "body"
    async with calling(answering(409, body[:1], "application/problem+json")) as (client, _):
        assert (await fails(client)).kind == "body"


async def test_an_answer_is_bounded(monkeypatch: pytest.MonkeyPatch):
    async with calling(answering(200, b"x" * (answers.MAX_BYTES + 1))) as (client, (replica,)):
        assert (await fails(client)).kind == "body"
        assert len(replica.seen) == 1


async def test_a_call_inside_a_transaction_is_refused():
    async with calling(quote) as (client, (replica,)):
        token = _in_transaction.set(True)
        try:
            with pytest.raises(RuntimeError, match="inside a transaction"):
                await client.call("catalog", "GET", "/")
        finally:
            _in_transaction.reset(token)
        assert replica.seen == []


async def test_a_service_without_an_address_is_named():
    async with calling(quote) as (client, _):
        for name in ("stranger", "nowhere"):
            with pytest.raises(RuntimeError, match=f"SERVICE_URLS does not say where '{name}' is"):
                await client.call(name, "GET", "/")


async def test_an_unused_client_closes_without_an_error():
    async with calling(quote) as (client, _):
        assert client._trying._session is None


async def test_connections_are_reused(monkeypatch: pytest.MonkeyPatch):
    ports: list[int] = []

    async def remember(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.append(request.transport.get_extra_info("peername")[1])
        return web.Response()

    async with calling(remember) as (client, _):
        for _ in range(3):
            await client.call("catalog", "GET", "/")
    assert len(set(ports)) == 1
