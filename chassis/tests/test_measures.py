"""Statements, waits for connections and the delay of the event loop are measured by how they ended."""

from __future__ import annotations

import asyncio
import time

import asyncpg
import pytest

from chassis.db import Database, connection, pools
from chassis.resilience import delay
from chassis.testing import eventually


@pytest.fixture
async def database(postgres):
    opened = Database(postgres.url("postgres"), name="measured", size=1)
    await opened.connect()
    yield opened
    await opened.close()


def counted(histogram, *values: str) -> int:
    return sum(histogram._counts[values])


async def read(database, sql: str) -> None:
    async with database.read() as tx:
        await tx.value(sql)


async def wrong_argument(database, sql: str) -> None:
    async with database.read() as tx:
        await tx.value(sql, "no number")


async def begin_and_commit(database, _sql: str) -> None:
    async with database.write():
        pass


async def cancelled(database, sql: str) -> None:
    task = asyncio.create_task(read(database, sql))
    await eventually(lambda: database.pool_state()["read"][1] == 1)
    await asyncio.sleep(0.05)
    task.cancel()
    await task


@pytest.mark.parametrize(
    ("ask", "sql", "outcome", "raises", "times"),
    [
        (read, "select 1", "ok", None, 1),
        (begin_and_commit, "", "ok", None, 2),
        (read, "select 1 / 0", "refused", asyncpg.DivisionByZeroError, 1),
        (wrong_argument, "select $1::int", "refused", asyncpg.DataError, 1),
        (read, "do $$ begin raise 'x' using errcode = '40P01'; end $$", "contention", asyncpg.DeadlockDetectedError, 1),
        (read, "do $$ begin raise 'x' using errcode = '57014'; end $$", "timeout", asyncpg.QueryCanceledError, 1),
        (read, "select pg_terminate_backend(pg_backend_pid())", "unreachable", asyncpg.PostgresError, 1),
        (cancelled, "select pg_sleep(60)", "cancelled", asyncio.CancelledError, 1),
    ],
)
async def test_a_statement_is_measured_by_its_outcome(database, ask, sql, outcome, raises, times):
    outcomes = ("ok", "refused", "contention", "timeout", "unreachable", "failed", "cancelled")
    await read(database, "select 1")
    before = {each: counted(connection._operations, each) for each in outcomes}
    if raises is None:
        await ask(database, sql)
    else:
        with pytest.raises(raises):
            await ask(database, sql)
    after = {each: counted(connection._operations, each) for each in outcomes}
    assert {each: after[each] - before[each] for each in outcomes} == {**dict.fromkeys(outcomes, 0), outcome: times}


async def test_the_wait_for_a_connection_is_measured_even_where_it_is_in_vain(database, monkeypatch):
    monkeypatch.setattr(pools, "PATIENCE_SECONDS", 0.05)
    before = counted(pools._waits, "write"), counted(pools._waits, "read")
    waited = pools._waits.value("read")
    async with database.read():
        with pytest.raises(TimeoutError):
            await read(database, "select 1")
    assert (counted(pools._waits, "write"), counted(pools._waits, "read")) == (before[0], before[1] + 2)
    assert pools._waits.value("read") >= waited + 0.05
    assert database.pool_state()["read"] == (1, 0, 1)


async def test_a_handler_that_blocks_the_event_loop_delays_it(monkeypatch):
    monkeypatch.setattr(delay, "SECONDS", 0.01)
    task = asyncio.create_task(delay.measure())
    measured, late = counted(delay._delay), delay._delay.value()
    await eventually(lambda: counted(delay._delay) > measured)
    time.sleep(0.3)  # noqa: ASYNC251  # sleeps: it blocks the loop
    measured = counted(delay._delay)
    await eventually(lambda: counted(delay._delay) > measured)
    task.cancel()
    assert delay._delay.value() - late > 0.25
