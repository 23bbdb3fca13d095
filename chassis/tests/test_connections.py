from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import asyncpg

from chassis.db import Database
from chassis.db.listener import Listener
from chassis.testing import eventually

SIZE = 3


async def test_a_process_opens_two_pools_and_one_connection_that_listens(postgres):
    """What deploy/charts/connections.py counts with."""
    db = Database(postgres.url("postgres"), name="counted", size=SIZE)
    await db.connect()
    listener, looking = Listener(db), await asyncpg.connect(postgres.url("postgres"))
    async with AsyncExitStack() as stack:
        for _ in range(SIZE):
            assert db._writers is not None
            await stack.enter_async_context(db._writers.acquire())
            await stack.enter_async_context(db.read())
        # Each of these waits for a connection of the pools, or for its turn on the one that listens.
        waiting = [asyncio.create_task(used(db.report)) for _ in range(SIZE)]
        await asyncio.gather(*(listener.fetch("select 1") for _ in range(5)))
        counted = "select count(*) from pg_stat_activity where application_name like 'counted%'"
        assert await looking.fetchval(counted) == 2 * SIZE + 1
        assert not any(task.done() for task in waiting)
    await asyncio.gather(*waiting)
    listener.close()
    await eventually(lambda: looking.fetchval(f"select ({counted}) <= {2 * SIZE}"))
    await looking.close()
    await db.close()


async def used(pool):
    async with pool():
        pass
