from __future__ import annotations

import asyncio

import asyncpg
import msgspec
import pytest

from chassis import outbox
from chassis.db import Database
from chassis.jobs import Jobs, JobTable
from chassis.outbox import EventData
from chassis.testing import eventually
from chassis.testing.databases import database_name, empty_database
from chassis.testing.statements import counted
from chassis.values import uuid7


class Told(EventData, frozen=True):
    type = "thing.told"


class Work(msgspec.Struct, frozen=True):
    pass


table = JobTable()


@table.task("statements.work")
async def work(ctx: object, payload: Work) -> None:
    raise AssertionError("no worker runs here")


@pytest.fixture
async def database(postgres):
    database = Database(await empty_database(postgres, "hello"), name="counted", size=4)
    await database.connect()
    yield database
    await database.close()


async def test_counts_each_statement_and_what_it_committed(postgres, database):
    async with counted(postgres, database_name("hello")) as cost:
        async with database.read() as tx:
            await tx.value("select 1 as\n    lonely")
        async with database.write() as tx:
            await outbox.publish(tx, "thing", uuid7(), 1, Told())
            await outbox.publish(tx, "thing", uuid7(), 1, Told())
            await Jobs(table).enqueue(tx, "statements.work", Work())
        async with database.write_one() as tx:
            await tx.execute("update jobs set tries = 1")
        with pytest.raises(ZeroDivisionError):
            async with database.write() as tx:
                await tx.execute("delete from jobs")
                raise ZeroDivisionError
    # BEGIN, three and COMMIT; BEGIN, one and ROLLBACK; two alone. Of one commit a channel is told once.
    assert (cost.statements, cost.begun, cost.commits) == (10, 2, 2), cost.told()
    assert (cost.events, cost.jobs, cost.notifications) == (2, 1, 2), cost.told()
    assert 300 < cost.wal_bytes < 30_000
    alone = [each.sql for each in cost.ran if each.alone]
    assert alone == ["select 1 as lonely", "update jobs set tries = 1"]
    assert "2 transactions, 2 commits, 2 events" in cost.told()


async def test_counts_no_other_database_and_tells_connections_apart(postgres, database):
    other = Database(postgres.url("postgres"), name="other", size=1)
    await other.connect()
    async with counted(postgres, database_name("hello")) as cost:
        async with other.read() as tx:
            await tx.value("select 2")
        line = await database.dedicated()
        await line.fetchval("select 3")
        await line.close()
        async with database.read() as tx, database.read() as second:
            await asyncio.gather(tx.value("select 4"), second.value("select 4"))
    await other.close()
    assert cost.of("counted").kinds == {("counted", "select 4"): 2}, cost.told()
    assert cost.of("counted-dedicated").statements == 1
    async with counted(postgres, database_name("hello")) as nothing:
        pass
    assert (nothing.statements, nothing.events, nothing.jobs, nothing.notifications) == (0, 0, 0, 0), nothing.told()


async def test_nothing_of_a_transaction_that_had_begun_before_is_counted(postgres, database):
    """The first is not logged whole: the counting waits for its end. The second begins while it waits."""
    begun, within, counting = asyncio.Event(), asyncio.Event(), asyncio.Event()
    waits = "select true from pg_stat_activity where application_name = 'counting' and query like '%xact_start%'"

    async def first() -> None:
        async with database.write() as tx:
            await tx.execute("update jobs set tries = 1")
            begun.set()
            await within.wait()

    async def second() -> None:
        await eventually(lambda: watching.fetchval(waits))
        async with database.write() as tx:
            await tx.execute("update jobs set tries = 2")
            within.set()
            await counting.wait()
            await tx.execute("update jobs set tries = 3")

    watching = await asyncpg.connect(postgres.url("postgres"))
    both = asyncio.gather(first(), second())
    await begun.wait()
    async with counted(postgres, database_name("hello")) as cost:
        counting.set()
        await both
        async with database.write() as tx:
            await tx.execute("update jobs set tries = 4")
    await watching.close()
    assert [each.sql for each in cost.ran] == ["BEGIN;", "update jobs set tries = 4", "COMMIT;"], cost.told()


async def test_the_server_logs_no_statement_afterwards(postgres, database):
    async with counted(postgres, database_name("hello")):
        pass
    async with database.read() as tx:
        assert await tx.value("show log_statement") == "none"
