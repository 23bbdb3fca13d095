"""What resting, a job and an event cost in PostgreSQL, in counts that depend on no machine."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from chassis import outbox
from chassis.db import Database
from chassis.testing import eventually
from chassis.testing.databases import database_name, empty_database
from chassis.testing.statements import counted
from chassis.tests.log.inbox_support import Recorder as EventRecorder
from chassis.tests.log.jobs_support import Recorder, add, connected, none_left
from chassis.tests.log.support import Counted, Note, count_up, node, one
from chassis.tests.log.test_periodic import Sweeper
from chassis.values import uuid7
from chassis.worker import worker

REST_SECONDS = 8


async def test_an_idle_service_sends_no_statements(bench):
    """Within these seconds only the first look of each loop falls, and what it renews; not one statement a second."""
    table = Recorder().table
    table.every(seconds=1, name="sweep", when="exists (select from jobs where name = 'never')")(nothing)
    async with node(bench, "jobs", jobs=table):
        async with counted(bench.postgres, database_name("hello", "jobs")) as cost:
            began = time.monotonic()
            await asyncio.sleep(REST_SECONDS)  # sleeps: what it does in this time is counted
        rested = time.monotonic() - began
    looks = [each for each in cost.ran if "job_schedule" in each.sql]
    others = [each for each in cost.ran if "job_schedule" not in each.sql]
    # Once a second whether the sweep has something to do, by one statement that writes nothing.
    assert len(looks) <= rested + 1, cost.told()
    assert len(others) <= 1 + rested // (REST_SECONDS + 2), cost.told()
    assert cost.wal_bytes < 20_000, cost.told()


async def nothing(_ctx: object) -> None: ...


async def test_counting_begins_when_the_first_periodic_work_has_ended(bench):
    sweeper = Sweeper(seconds=3600)
    sweeper.gate.clear()
    asked = "select true from pg_stat_activity where application_name = 'counting' and query like '%job_schedule%'"

    async def end_it() -> None:
        async with connected(bench.postgres.url("postgres")) as owner:
            await eventually(lambda: owner.fetchval(asked))
        sweeper.gate.set()

    async with node(bench, "jobs", jobs=sweeper.table):
        await eventually(lambda: sweeper.now)
        ending = asyncio.create_task(end_it())
        async with counted(bench.postgres, database_name("hello", "jobs")):
            assert (sweeper.runs, sweeper.now) == (1, 0)
        await ending


@asynccontextmanager
async def resting(rests: asyncio.Event):
    """Enter when a worker rests."""
    await rests.wait()
    yield


async def test_a_job_is_one_statement_with_its_cause_and_a_share_of_one_after_it(bench, monkeypatch, rests):
    monkeypatch.setattr(worker, "GATHER_SECONDS", 3600)
    seen = Recorder()
    async with (
        node(bench, "jobs", jobs=seen.table) as ctx,
        resting(rests),
        counted(bench.postgres, database_name("hello", "jobs")) as cost,
    ):
        for number in range(8):
            async with ctx.db.write_one() as tx:
                await ctx.jobs.enqueue(tx, "note", Note(str(number)))
            # It began here without being asked for: neither notified nor taken.
            await eventually(partial(seen.has_ended, number + 1), every=0.001)
        assert ctx.jobs.dispatch is not None
        ctx.jobs.dispatch.wake()
        await eventually(lambda: none_left(ctx))
    own = [each for each in cost.ran if "insert into jobs" in each.sql]
    ended = [each for each in cost.ran if "delete from jobs" in each.sql]
    assert (cost.jobs, len(own), cost.notifications) == (8, 8, 0), cost.told()
    assert 1 <= len(ended) <= 3, cost.told()


async def test_many_jobs_of_a_transaction_cause_one_notification(bench, monkeypatch):
    monkeypatch.setattr(worker, "NOTIFY_SECONDS", 3600)
    seen = Recorder()
    seen.gate.clear()
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        await add(ctx, *(str(number) for number in range(8)))
        await eventually(lambda: len(seen.began) == 8)
        async with counted(bench.postgres, database_name("hello", "jobs")) as cost:
            await add(ctx, *(str(number) for number in range(20)))
        assert cost.notifications <= 2, cost.told()  # and once by a worker that has more than places
        seen.gate.set()
        await eventually(lambda: none_left(ctx))


async def test_a_delayed_job_is_claimed_when_it_is_due(bench, rests):
    seen = Recorder()
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        async with resting(rests), counted(bench.postgres, database_name("hello", "jobs")) as cost:
            await add(ctx, "soon", delay=timedelta(seconds=1))
            await eventually(lambda: seen.ended == ["soon"], every=0.01)
        looks = [each for each in cost.ran if "delete from jobs" in each.sql]
        assert len(looks) <= 2, cost.told()


async def test_events_of_one_transaction_are_notified_once_and_read_and_applied_together(bench, catalog, database):
    producer, url = catalog
    seen = EventRecorder()
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database):
        await count_up(producer.db, 1)
        await eventually(lambda: seen.tries == [1])
        async with (
            counted(bench.postgres, database_name("hello", "producer")) as told,
            counted(bench.postgres, database_name("hello", "inbox")) as taken,
        ):
            thing = uuid7()
            async with producer.db.write() as tx:
                for number in range(1, 6):
                    await outbox.publish(tx, "thing", thing, number, Counted(number))
            # When their effects are committed, all has been counted.
            async with connected(bench.postgres.url(database_name("hello", "inbox"))) as owner:
                await eventually(lambda: owner.fetchval("select count(*) = 6 from effects"))
        assert seen.tries == [1, 1, 2, 3, 4, 5]
    assert (told.events, told.notifications) == (5, 1), told.told()
    assert sum("from outbox_log" in each.sql for each in told.ran) <= 5, told.told()
    assert sum("update inbox_cursor set cursor" in each.sql for each in taken.ran) == 1, taken.told()
    assert taken.begun == 1, taken.told()


async def test_an_event_without_a_consumer_is_not_written(bench):
    url = await empty_database(bench.postgres, "hello", "unfollowed")
    db = Database(url, name="test", followed=False)
    await db.connect()
    try:
        async with counted(bench.postgres, database_name("hello", "unfollowed")) as cost:
            await count_up(db, 3)
        assert (cost.events, cost.notifications) == (0, 0), cost.told()
        assert {each.sql.lower().rstrip(";").split()[0] for each in cost.ran} == {"begin", "commit"}
        assert await one(db, "select count(*) from outbox") == 0
    finally:
        await db.close()
