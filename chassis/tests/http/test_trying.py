import asyncio
import time
from typing import Any

import pytest

from chassis import telemetry
from chassis.http import ServiceClient, ServiceProblem, peers
from chassis.problems import Unavailable
from chassis.telemetry import trace
from chassis.testing import eventually
from chassis.tests.auth.support import sample
from chassis.tests.http.support import Quote, answering, calling, cut, hang, quote, refusing


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
async def test_a_failing_replica_is_avoided_by_the_second_try_and_then_for_a_while(
    handler: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(peers, "REPLICA_PAUSE", 600)
    async with calling(handler, quote) as (client, (bad, good)):
        client._peers["catalog"]._turn = 1
        for _ in range(5):
            await client.call("catalog", "POST", "/internal/quotes", into=Quote, timeout=2)
    assert (len(bad.seen), len(good.seen)) == (1, 5)


async def test_a_single_replica_that_hangs_is_not_asked_again():
    async with calling(hang) as (client, (replica,)):
        assert (await fails(client, timeout=0.5)).kind == "timeout"
        assert len(replica.seen) == 1


async def test_a_dead_replica_is_avoided():
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


async def test_a_call_that_meets_the_deadline_does_not_count_for_the_breaker():
    async with calling(hang) as (client, _):
        for _ in range(peers.BREAKER_FAILURES):
            telemetry.set_deadline(str(int((time.time() + 0.05) * 1000)))
            assert (await fails(client)).kind == "deadline"
        assert client._peers["catalog"].breaker.state == "closed"


async def test_nothing_is_called_after_the_deadline():
    telemetry.set_deadline("1")
    async with calling(quote) as (client, (replica,)):
        assert (await fails(client)).kind == "deadline"
        assert replica.seen == []


async def test_the_breaker_opens_after_failures_and_closes_when_the_service_is_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(peers, "BREAKER_PAUSE", 600)
    async with calling(answering(503)) as (client, (replica,)):
        breaker = client._peers["catalog"].breaker
        while breaker.state == "closed":
            await fails(client)
        assert sample("http_client_breaker_open", server="catalog") == 1
        seen = len(replica.seen)
        assert seen == peers.BREAKER_FAILURES
        assert (await fails(client)).kind == "open"
        assert len(replica.seen) == seen
        replica.handler = quote
        breaker._until = 0
        await client.call("catalog", "GET", "/", into=Quote)
        assert sample("http_client_breaker_open", server="catalog") == 0


async def test_a_cancelled_probe_of_the_breaker_is_left_to_the_next_call(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(peers, "BREAKER_PAUSE", 600)
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
