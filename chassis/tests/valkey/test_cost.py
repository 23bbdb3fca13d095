"""What a limited request, a cached read and a line cost, by what can be counted. A change that costs more is red."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from types import FrameType
from uuid import UUID

import pytest

from chassis import telemetry
from chassis.cache import Cache, Valkey, versions
from chassis.cache.client import Client
from chassis.limits import Limiter, rule
from chassis.telemetry import sink
from chassis.testing.counts import RecordCount
from chassis.tests.auth.support import Clock
from chassis.tests.cache.support import Source
from chassis.tests.valkey.support import CountedWrites, commands

ACCOUNT = UUID("01890000-0000-7000-8000-000000000001")
RULE = rule("browse", "100000/h")


class Budget:
    """Valkey, and what was asked of it since the last look: commands by their name, and writes."""

    def __init__(self, valkey: Valkey, control: Client) -> None:
        assert valkey._client is not None
        self.valkey = valkey
        self._control = control
        self._counted = CountedWrites(valkey._client)
        self._before: dict[str, int] = {}

    async def spent(self) -> tuple[dict[str, int], int]:
        now = await commands(self._control)
        found = {name: calls - self._before.get(name, 0) for name, calls in now.items()}
        self._before = now
        writes, self._counted.writes = self._counted.writes, 0
        return {name: calls for name, calls in found.items() if calls}, writes


@pytest.fixture
async def budget(client: Client, valkey_url: str) -> AsyncIterator[Budget]:
    valkey = Valkey(valkey_url, timeout=60)
    await valkey.call(lambda subject: subject.execute("PING"))
    subject = Budget(valkey, client)
    await subject.spent()
    yield subject
    await valkey.aclose()


@pytest.mark.parametrize("at_once", [1, 16, 256])
async def test_limited_requests_that_come_at_once_cost_one_command_and_one_write(budget: Budget, at_once: int):
    limiter = Limiter(budget.valkey, "catalog", secret=b"s")
    await limiter.check(RULE, "loads the script")
    await budget.spent()
    await asyncio.gather(*(limiter.check(RULE, str(number)) for number in range(at_once)))
    inside = {"time": 1, "get": at_once, "set": at_once}
    assert await budget.spent() == ({"evalsha": 1, **inside}, 1)


async def test_a_cached_read_costs_nothing_for_a_second_and_then_one_command(budget: Budget):
    clock, source = Clock(), Source()
    cache = Cache(budget.valkey, "catalog", clock=clock)
    keys = [f"k{number}" for number in range(20)]
    await asyncio.gather(*(cache.get(key, 99, source, tag="products") for key in keys))
    assert await budget.spent() == ({"mget": 2, "set": 1}, 3)
    await asyncio.gather(*(cache.get(key, 99, source, tag="products") for key in keys))
    assert await budget.spent() == ({}, 0)
    clock.at += versions.STALE
    await asyncio.gather(*(cache.get(key, 99, source, tag="products") for key in keys))
    assert await budget.spent() == ({"mget": 1}, 1)


async def test_a_change_costs_one_command(budget: Budget):
    await Cache(budget.valkey, "catalog").invalidate("products")
    assert await budget.spent() == ({"set": 1}, 1)


def calls_of(work: Callable[[], object]) -> tuple[int, int]:
    """How many functions it calls: those of Python, and those of C."""
    counts = {"call": 0, "c_call": 0}

    def count(_frame: FrameType, event: str, _of: object) -> None:
        if event in counts:
            counts[event] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counts["call"] - 1, counts["c_call"] - 1  # without `work` itself and the last setprofile


async def test_metric_and_line_of_a_request_cost_few_calls(monkeypatch: pytest.MonkeyPatch, record_count: RecordCount):
    null = os.open("/dev/null", os.O_WRONLY)
    monkeypatch.setattr(sink.STDOUT, "fd", null)

    def request() -> None:
        telemetry.request(
            method="GET", route="/budget", status=200, seconds=0.003, size=9, client="203.0.113.9", account=ACCOUNT
        )

    telemetry.begin(None, None)
    sink.STDOUT.flush()
    request()
    python, c = min(calls_of(request) for _ in range(5))
    record_count("metric and line of a request", python_calls=python, c_calls=c)
    assert python <= 6
    assert c <= 11
    # Ids are made for many requests at once.
    python, c = min(calls_of(lambda: telemetry.begin(None, None)) for _ in range(5))
    assert python <= 2
    assert c <= 3
    sink.STDOUT.flush()
    os.close(null)
