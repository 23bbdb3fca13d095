import asyncio
import time
from typing import Any

import jwt
import msgspec
import pytest
from aiohttp import web

from chassis import auth, telemetry
from chassis.db import _in_transaction
from chassis.http import ServiceClient, ServiceProblem, answers, peers
from chassis.problems import Unavailable
from chassis.telemetry import trace
from chassis.testing import eventually
from chassis.tests.auth.support import sample
from chassis.tests.http.support import KEY, Quote, answering, calling, cut, hang, quote, refusing


@pytest.fixture(autouse=True)
def no_deadline() -> None:
    telemetry.clear_deadline()
    trace._trace.set(trace.Trace("", ""))


def outcomes(outcome: str) -> float:
    return sample("http_client_request_duration_seconds_count", service="catalog", outcome=outcome)


async def fails(client: ServiceClient, **options: Any) -> peers.Failure:
    with pytest.raises(Unavailable, match="catalog service did not answer") as raised:
        await client.call("catalog", "GET", "/internal/quotes", **options)
    assert isinstance(raised.value.__cause__, peers.Failure)
    return raised.value.__cause__


async def test_an_answer_becomes_what_was_asked_for():
    before = outcomes("ok")
    async with calling(quote) as (client, _):
        assert await client.call("catalog", "GET", "/internal/quotes?after=a%20b", into=Quote) == Quote("A-1", 250)
        await client.call("catalog", "POST", "/internal/quotes")
    assert outcomes("ok") == before + 2


async def test_a_call_is_signed_and_carries_trace_deadline_and_body():
    begun = telemetry.begin(None, "request-77")
    async with calling(quote) as (client, (replica,)):
        await client.call("catalog", "POST", "/internal/quotes?a=b%20c", json={"lines": [1]}, timeout=3)
        request, body = replica.seen[0]
    entry = msgspec.convert({"key": auth.jwk(KEY.public_key()), "may": ["call"]}, auth.callers.Caller)
    token = request.headers["Authorization"].removeprefix("Bearer ")
    assert auth.Callers({"orders": entry}, "catalog").identify(token).name == "orders"
    assert request.path_qs == "/internal/quotes?a=b%20c"
    assert (request.method, body) == ("POST", b'{"lines":[1]}')
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["X-Request-Id"] == "request-77"
    assert request.headers["traceparent"] == begun.traceparent
    assert 0 < int(request.headers["X-Deadline"]) / 1000 - time.time() < 3


async def test_outside_of_a_request_there_is_no_trace_to_pass_on():
    async with calling(quote) as (client, (replica,)):
        await client.call("catalog", "GET", "/internal/quotes")
        await client.call("catalog", "GET", "/internal/quotes")
    (first, _), (second, _) = replica.seen
    assert "X-Request-Id" not in first.headers
    assert "Content-Type" not in first.headers
    assert first.headers["Authorization"] == second.headers["Authorization"]


async def test_a_reasoned_refusal_is_told_as_it_is():
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


async def test_nobody_is_called_inside_a_transaction():
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


# --- Trying again --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_service_that_is_not_there_is_tried_once_more_at_another_replica(status: int):
    async with calling(answering(status), quote) as (client, (bad, good)):
        for _ in range(4):
            assert await client.call("catalog", "GET", "/internal/quotes", into=Quote) == Quote("A-1", 250)
    assert len(good.seen) == 4
    assert len(bad.seen) == 2


async def test_one_replica_is_tried_a_second_time_and_no_more():
    async with calling(answering(503)) as (client, (replica,)):
        assert (await fails(client)).kind == "status"
        assert len(replica.seen) == 2
        await fails(client, retry=False)
        assert len(replica.seen) == 3


@pytest.mark.parametrize("handler", [cut, hang])
async def test_a_replica_that_cuts_or_hangs_is_passed_over_by_the_second_try_and_then_for_a_while(handler: Any):
    async with calling(handler, quote) as (client, (bad, good)):
        client._peers["catalog"]._turn = 1
        for _ in range(5):
            await client.call("catalog", "POST", "/internal/quotes", into=Quote, timeout=0.2)
    assert (len(bad.seen), len(good.seen)) == (1, 5)


async def test_a_single_replica_that_hangs_is_not_asked_again():
    async with calling(hang) as (client, (replica,)):
        assert (await fails(client, timeout=0.05)).kind == "timeout"
        assert len(replica.seen) == 1


async def test_a_dead_replica_is_passed_over():
    async with calling(quote, dead=1) as (client, (replica,)):
        for _ in range(10):
            await client.call("catalog", "GET", "/internal/quotes", into=Quote)
        assert len(replica.seen) == 10


async def test_calls_go_to_all_replicas_in_turn():
    async with calling(quote, quote, quote) as (client, replicas):
        for _ in range(9):
            await client.call("catalog", "GET", "/")
    assert [len(replica.seen) for replica in replicas] == [3, 3, 3]


async def test_retries_are_a_fifth_of_the_calls_at_most(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(peers, "BREAKER_FAILURES", 10_000)
    async with calling(answering(503)) as (client, (replica,)):
        for _ in range(50):
            await fails(client)
    assert 50 + 10 <= len(replica.seen) <= 50 + 10 + 50 / 5


# --- Deadline and breaker ------------------------------------------------------------------------------------------


async def test_a_call_ends_with_the_request_it_serves_and_the_breaker_learns_nothing():
    async with calling(hang) as (client, (replica,)):
        for _ in range(peers.BREAKER_FAILURES):
            telemetry.set_deadline(str(int((time.time() + 0.05) * 1000)))
            assert (await fails(client)).kind == "deadline"
        assert len(replica.seen) == peers.BREAKER_FAILURES
        assert client._peers["catalog"].breaker.state == "closed"


async def test_nothing_is_called_after_the_deadline():
    telemetry.set_deadline("1")
    async with calling(quote) as (client, (replica,)):
        assert (await fails(client)).kind == "deadline"
        assert replica.seen == []


async def test_the_breaker_opens_after_failures_and_closes_when_the_service_is_back():
    async with calling(answering(503)) as (client, (replica,)):
        breaker = client._peers["catalog"].breaker
        while breaker.state == "closed":
            await fails(client)
        assert sample("http_client_breaker_open", service="catalog") == 1
        seen = len(replica.seen)
        assert seen == peers.BREAKER_FAILURES
        assert (await fails(client)).kind == "open"
        assert len(replica.seen) == seen
        replica.handler = quote
        breaker._until = 0
        await client.call("catalog", "GET", "/", into=Quote)
        assert sample("http_client_breaker_open", service="catalog") == 0


async def test_a_caller_that_goes_away_leaves_the_probe_to_another():
    async with calling(answering(503)) as (client, (replica,)):
        breaker = client._peers["catalog"].breaker
        while breaker.state == "closed":
            await fails(client)
        before = outcomes("cancelled")
        breaker._until = 0
        replica.handler = hang
        call = asyncio.create_task(client.call("catalog", "GET", "/"))
        seen = len(replica.seen)
        await eventually(lambda: len(replica.seen) > seen)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert outcomes("cancelled") == before + 1
        replica.handler = quote
        await client.call("catalog", "GET", "/", into=Quote)


async def test_a_refusal_closes_the_breaker_as_any_answer_does():
    async with calling(answering(503)) as (client, (replica,)):
        for _ in range(2):
            await fails(client)
        replica.handler = refusing(404, type="not-found")
        with pytest.raises(ServiceProblem):
            await client.call("catalog", "GET", "/")
        assert client._peers["catalog"].breaker._failures == 0


async def test_a_client_that_called_nobody_closes_quietly():
    async with calling(quote) as (client, _):
        assert client._session is None


async def test_connections_are_kept(monkeypatch: pytest.MonkeyPatch):
    ports: list[int] = []

    async def remember(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.append(request.transport.get_extra_info("peername")[1])
        return web.Response()

    async with calling(remember) as (client, _):
        for _ in range(3):
            await client.call("catalog", "GET", "/")
    assert len(set(ports)) == 1
