from __future__ import annotations

import asyncio
import os
import signal

import prometheus_client
import pytest

from chassis.outbox import feed
from chassis.resilience import failpoints
from chassis.resilience.loops import Loops
from chassis.service import background
from chassis.testing import eventually
from chassis.tests.log.inbox_support import Recorder
from chassis.tests.log.support import node, opened


async def test_long_polls_end_on_sigterm(bench):
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))
    try:
        async with node(bench, "background") as ctx:
            waiting = asyncio.create_task(feed.poll(ctx, "", 500, 20))
            await eventually(lambda: ctx.get(feed.Waiting).signal.next()._waiters)
            os.kill(os.getpid(), signal.SIGTERM)
            assert (await waiting).events == []
            assert heard == [signal.SIGTERM]
        os.kill(os.getpid(), signal.SIGTERM)
        assert heard == [signal.SIGTERM] * 2
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_outside_the_main_thread_and_without_a_handler_signals_are_unchanged():
    def within() -> bool:
        with background.on_stop_signal(lambda: None):
            return True

    assert await asyncio.to_thread(within)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert within()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.parametrize(
    "loop", ["follow catalog", "event loop delay", "readings", "jobs", "jobs beat", "periodic", "periodic beat"]
)
async def test_a_failed_loop_is_recorded_and_ends_the_process(bench, database, catalog, loop):
    ended: list[bool] = []
    failpoints.configure(f"loops.{loop.replace(' ', '_')}=raise")
    try:
        async with opened(database) as ctx:
            ctx.loops = Loops(lambda: ended.append(True))
            async with background.running(ctx, [Recorder().consumer]):
                await eventually(lambda: ended)
                assert ctx.loops.dead == [loop]
                value = prometheus_client.REGISTRY.get_sample_value("background_loops_dead", {"loop": loop})
                assert value == 1
        assert ctx.loops.dead == [loop]
    finally:
        failpoints.configure("")
