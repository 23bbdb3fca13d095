from __future__ import annotations

import asyncio
import os
import signal

from chassis import background, feed
from chassis.testing import eventually
from chassis.tests.log.support import node


async def test_long_polls_end_when_the_process_is_told_to_stop(bench):
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))
    try:
        async with node(bench, "background") as ctx:
            waiting = asyncio.create_task(feed.poll(ctx, "", 500, 20))
            await eventually(lambda: ctx.get(feed.Waiting).bell.next()._waiters)
            os.kill(os.getpid(), signal.SIGTERM)
            assert (await waiting).events == []
            assert heard == [signal.SIGTERM]
        os.kill(os.getpid(), signal.SIGTERM)
        assert heard == [signal.SIGTERM] * 2
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_outside_the_main_thread_and_where_nobody_listens_nothing_is_touched():
    def within() -> bool:
        with background.told_to_stop(lambda: None):
            return True

    assert await asyncio.to_thread(within)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert within()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
