from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

import prometheus_client
import pytest

from chassis.resilience import failpoints, loops
from chassis.resilience.loops import Loops
from chassis.testing import eventually
from chassis.web import health


def dead(name: str) -> float | None:
    return prometheus_client.REGISTRY.get_sample_value("background_loops_dead", {"loop": name})


async def forever() -> None:
    await asyncio.Event().wait()


async def returns() -> None: ...


async def raises() -> None:
    raise ZeroDivisionError


async def cancelled_from_within() -> None:
    raise asyncio.CancelledError


async def waits_for_what_is_cancelled() -> None:
    task = asyncio.create_task(forever())
    await asyncio.sleep(0)
    task.cancel()
    await task


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (returns, RuntimeError),
        (raises, ZeroDivisionError),
        (cancelled_from_within, asyncio.CancelledError),
        (waits_for_what_is_cancelled, asyncio.CancelledError),
    ],
)
async def test_every_end_of_a_loop_is_reported(body, kind):
    ends: list[bool] = []
    watched = Loops(lambda: ends.append(True))
    readiness = health.Readiness(started=True, dead=watched.dead)
    async with watched.running("a loop", body):
        await eventually(lambda: ends)
        assert watched.dead == ["a loop"]
        assert dead("a loop") == 1
        assert type(watched.errors[0]) is kind
        _, ready = (route.endpoint for route in health.routes(readiness))
        answer = await ready(None)
        assert (answer.status_code, answer.body) == (503, b"ended: a loop")
    assert ends == [True]


async def test_the_end_of_the_block_ends_the_loop_without_a_failure():
    ends: list[bool] = []
    watched = Loops(lambda: ends.append(True))
    async with watched.running("a loop", forever) as task:
        await asyncio.sleep(0)
    assert (task.cancelled(), watched.dead, ends, dead("a loop")) == (True, [], [], 0)


async def test_a_loop_may_be_asked_to_stop_and_is_waited_for(monkeypatch):
    watched, asked, done = Loops(lambda: None), asyncio.Event(), []

    async def body() -> None:
        await asked.wait()
        await asyncio.sleep(0.01)
        done.append(True)

    async with watched.running("a loop", body, stop=asked.set):
        await asyncio.sleep(0)
    assert (done, watched.dead) == ([True], [])
    monkeypatch.setattr(loops, "STOP_SECONDS", 0.05)
    async with watched.running("a loop", forever, stop=lambda: None) as task:
        await asyncio.sleep(0)
    assert task.cancelled()


async def test_a_loop_that_is_ending_is_not_cancelled_a_second_time(monkeypatch):
    monkeypatch.setattr(loops, "CANCEL_AGAIN_SECONDS", 0.01)
    in_order: list[bool] = []

    async def orderly() -> None:
        with suppress(asyncio.CancelledError):
            await forever()
        await asyncio.sleep(0.1)
        in_order.append(True)

    async with Loops(end=lambda: None).running("orderly", orderly, again=10):
        await asyncio.sleep(0)
    assert in_order == [True]


async def test_a_failpoint_ends_a_loop_by_its_name():
    watched = Loops(lambda: None)
    failpoints.configure("loops.signing_keys=raise")
    try:
        async with watched.running("signing-keys", forever), watched.running("other", forever):
            await eventually(lambda: watched.dead)
    finally:
        failpoints.configure("")
    assert watched.dead == ["signing-keys"]


def test_a_loop_whose_event_loop_is_gone_ends_nothing():
    ends: list[bool] = []
    watched, loop = Loops(lambda: ends.append(True)), asyncio.new_event_loop()

    async def begin() -> AsyncGenerator[None]:
        async with watched.running("a loop", forever) as task:
            await asyncio.sleep(0)
            kept.append(task.get_coro())
            yield

    kept: list[Any] = []
    block = begin()
    loop.run_until_complete(anext(block))
    kept.pop().close()
    assert (watched.dead, ends) == ([], [])
    loop.run_until_complete(block.aclose())
    loop.close()


async def test_the_process_gets_sigterm_and_exits_after_a_timeout(monkeypatch):
    """By SIGTERM, with a timer behind it, and with its own exit code at the end of all."""
    heard: list[int] = []
    exits: list[int] = []
    monkeypatch.setattr(os, "_exit", exits.append)
    monkeypatch.setattr(loops, "ORDERLY_SECONDS", 0.1)
    monkeypatch.setattr(loops, "_failed", threading.Event())
    loops.leave_process()
    assert exits == []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))
    try:
        loops.end_process()
        await eventually(lambda: exits == [loops.EXIT_CODE])
        loops.leave_process()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (heard, exits) == ([signal.SIGTERM], [1, 1])


async def test_a_swallowed_cancellation_is_repeated(monkeypatch):
    monkeypatch.setattr(loops, "CANCEL_AGAIN_SECONDS", 0.01)
    swallowed = 0

    async def swallows() -> None:
        nonlocal swallowed
        while swallowed < 2:
            try:
                await forever()
            except asyncio.CancelledError:
                swallowed += 1
        await forever()

    async with asyncio.timeout(60):
        async with Loops(end=lambda: None).running("stubborn", swallows):
            await asyncio.sleep(0)
    assert swallowed == 2
