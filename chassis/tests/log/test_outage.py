"""Thousands of failures in a row, and outages of any length: everything goes on by itself afterwards."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest

from chassis.inbox import dispatcher, poller
from chassis.outbox import Event
from chassis.problems import Unavailable
from chassis.testing import eventually
from chassis.testing.databases import empty_database
from chassis.testing.servers import free_port
from chassis.tests.log import support
from chassis.tests.log.inbox_support import Recorder as Inbox
from chassis.tests.log.inbox_support import has, numbers, states
from chassis.tests.log.jobs_support import Recorder, add, connected, cut, heal, none_left
from chassis.tests.log.support import Note, Said, count_up, node, one, opened, serving
from chassis.tests.log.test_periodic import Sweeper
from chassis.values import uuid7
from chassis.worker import periodic, worker

MANY = 1_100  # 2.0 ** 1024 is an OverflowError


async def test_a_poller_goes_on_after_any_number_of_failures(bench, database, quick, monkeypatch):
    said, seen, port = Said(), Inbox(), free_port()
    monkeypatch.setattr(support, "PAUSE_SECONDS", 0.0001)
    monkeypatch.setattr(poller, "_log", said)
    async with (
        node(bench, "producer") as producer,
        node(bench, "inbox", consumers=[seen.consumer], producer_url=f"http://127.0.0.1:{port}", url=database) as ctx,
    ):
        await count_up(producer.db, 3)
        await eventually(lambda: said.events.count("inbox.poll_failed") > MANY, timeout=60)
        async with serving(producer, bench, port):
            await eventually(lambda: has(ctx, 3), timeout=60)


@pytest.mark.parametrize("tries", [513, 1_025, 100_000])
def test_a_job_of_any_number_of_tries_has_its_pause(tries):
    assert 45 <= worker.pause(tries) <= 60


async def test_a_job_with_many_uncounted_tries_is_not_held(bench, quick, monkeypatch):
    monkeypatch.undo()  # the pauses as they are
    seen = Recorder(failures=1, error=Unavailable)
    url = await empty_database(bench.postgres, "hello", "jobs")
    async with node(bench, "jobs", jobs=seen.table, url=url) as ctx:
        async with ctx.db.write() as tx:
            await tx.execute(
                "insert into jobs (name, payload, tries, excused) values ('note', '{\"text\": \"old\"}', 5000, 5000)"
            )
        again = "select excused = 5001 and run_at between now() + '30 s' and now() + '1 min' from jobs"
        await eventually(lambda: one(ctx.db, again))
        async with ctx.db.write() as tx:
            await tx.execute("update jobs set run_at = now()")
        await eventually(lambda: seen.ended == ["old"])


async def test_a_try_without_a_database_is_not_counted_and_is_reported_afterwards(bench, quick, monkeypatch):
    """The try and its excuse cannot be written while it is away: they are kept."""
    monkeypatch.setattr(worker, "LEASE_SECONDS", 2.0)
    met: list[Exception] = []
    table = Recorder().table

    @table.task("query")
    async def query(ctx, payload: Note) -> None:
        try:
            async with ctx.db.read() as tx:
                await tx.value("select pg_sleep(case when $1 then 0 else 60 end)", bool(met))
        except asyncpg.PostgresError as error:
            met.append(error)
            raise

    url = await empty_database(bench.postgres, "hello", "jobs")
    async with node(bench, "jobs", jobs=table, url=url) as ctx:
        async with ctx.db.write() as tx:
            await tx.execute(
                "insert into jobs (name, payload, tries, excused) values ('query', '{\"text\": \"\"}', 57, 50)"
            )
        sleeping = "select exists (select from pg_stat_activity where query like 'select pg_sleep(case%')"
        async with connected(bench.postgres.url("postgres")) as owner:
            await eventually(lambda: owner.fetchval(sleeping))
        await cut(bench)
        try:
            await eventually(lambda: met)
            await asyncio.sleep(2 * worker.LEASE_SECONDS)  # sleeps: its lease lapses meanwhile
        finally:
            await heal(bench)
        # It was at its last try: had this one counted, it would be held.
        await eventually(lambda: none_left(ctx))
        assert isinstance(met[0], asyncpg.AdminShutdownError | asyncpg.PostgresConnectionError)


async def test_a_failing_statement_is_counted_in_the_end(bench, quick, monkeypatch):
    """Neither one that always takes too long nor one that kills its own connection, while the worker's own stays."""
    monkeypatch.setattr(worker, "TROUBLES", 5)
    table = Recorder().table

    @table.task("slow")
    async def slow(ctx, payload: Note) -> None:
        async with ctx.db.write() as tx:
            await tx.value("select set_config('statement_timeout', '1ms', true)")
            await tx.value("select pg_sleep(0.1)")

    @table.task("deadly")
    async def deadly(ctx, payload: Note) -> None:
        async with ctx.db.read() as tx:
            await tx.value("select pg_terminate_backend(pg_backend_pid())")

    async with node(bench, "jobs", jobs=table) as ctx:
        for name in ("slow", "deadly"):
            async with ctx.db.write() as tx:
                await ctx.jobs.enqueue(tx, name, Note(name), timedelta(0))
        # Longer than a lease: a job whose taking was not answered in time is taken again after one.
        await eventually(lambda: one(ctx.db, "select count(*) = 2 from jobs where held_at is not null"), timeout=150)
        told = "select bool_and(tries = 8 + excused and excused between 5 and 8) from jobs"
        assert await one(ctx.db, told)


async def test_a_job_that_cancels_itself_has_failed(bench, quick):
    seen = Recorder(failures=2, error=asyncio.CancelledError)  # type: ignore[arg-type]  # no Exception, on purpose
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        await add(ctx, "a")
        error = "select error from jobs where error is not null"
        await eventually(lambda: seen.ended == ["a"] or one(ctx.db, error))
        await eventually(lambda: seen.ended == ["a"])
        await eventually(lambda: none_left(ctx))
    assert seen.began == ["a"] * 3


async def test_a_job_that_hangs_is_cancelled_and_finally_held(bench, quick, monkeypatch):
    monkeypatch.setattr(worker, "LONGEST_RUN", 0.02)
    seen = Recorder()
    seen.gate.clear()
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        await add(ctx, "stuck")
        error = await eventually(lambda: one(ctx.db, "select error from jobs where held_at is not null"))
        assert error == "RuntimeError: it ran for too long"


async def test_a_job_that_kills_its_process_at_every_try_is_held(bench, quick):
    """The try is counted when it is taken. What was taken eight times and never ended is not begun again."""
    seen = Recorder()
    url = await empty_database(bench.postgres, "hello", "jobs")
    async with node(bench, "jobs", jobs=seen.table, url=url) as ctx:
        async with ctx.db.write() as tx:
            await tx.execute(
                "insert into jobs (name, payload, tries) values ('note', '{\"text\": \"x\"}', $1)", worker.TRIES
            )
        error = await eventually(lambda: one(ctx.db, "select error from jobs where held_at is not null"))
    assert (error, seen.began) == ("RuntimeError: its process died at its last try", [])


async def test_a_sweep_that_cancels_itself_runs_again(bench, quick, monkeypatch):
    said, sweeper = Said(), Sweeper()
    monkeypatch.setattr(periodic, "_log", said)
    cancelled: list[bool] = []
    whole = sweeper.table.periodic["sweep"].sweep

    async def sweep(ctx) -> None:
        if not cancelled:
            cancelled.append(True)
            raise asyncio.CancelledError
        await whole(ctx)

    table = Recorder().table
    table.every(seconds=0.02, name="sweep")(sweep)
    async with node(bench, "jobs", jobs=table):
        await eventually(lambda: sweeper.runs >= 2)
    assert said.events.count("periodic.failed") == 1


async def test_a_sweep_that_hangs_is_cancelled_and_runs_again(bench, quick, monkeypatch):
    monkeypatch.setattr(periodic, "LONGEST_RUN", 0.05)
    stuck = Sweeper()
    stuck.gate.clear()
    async with node(bench, "jobs", jobs=stuck.table) as ctx:
        told = "select error from job_schedule where name = 'sweep' and ended_at is not null"
        await eventually(lambda: one(ctx.db, told))
        assert await one(ctx.db, told) == "RuntimeError: it ran for too long"
        stuck.gate.set()
        await eventually(lambda: stuck.runs >= 3)


async def test_a_sweep_of_every_hour_that_failed_is_not_left_for_an_hour(bench, quick):
    bad = Sweeper(fails=True, seconds=3600)
    async with node(bench, "jobs", jobs=bad.table) as ctx:
        soon = "select next_at between now() and now() + '5 s' from job_schedule where name = 'sweep' and error <> ''"
        await eventually(lambda: one(ctx.db, soon))


async def test_stopping_does_not_wait_for_the_release_of_a_locked_lease(database, monkeypatch):
    """At the end of a process whose database is stuck, somebody else takes over when the lease lapses."""
    monkeypatch.setattr(poller, "GIVE_UP_SECONDS", 0.05)
    async with opened(database) as ctx, opened(database) as other:
        one_follower = poller.Poller(ctx, Inbox().consumer)
        await one_follower._lease()
        async with other.db.write() as tx:
            await tx.value("select true from inbox_cursor for update")
            with pytest.raises(dispatcher.Lost):
                async with one_follower.running():
                    raise dispatcher.Lost
        assert await one(ctx.db, "select holder is not null from inbox_cursor")


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ZeroDivisionError


async def test_a_job_whose_failure_cannot_be_told_is_logged(bench, quick, monkeypatch):
    said, seen = Said(), Recorder(failures=1, error=Unspeakable)
    monkeypatch.setattr(worker, "_log", said)
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        await add(ctx, "a")
        await eventually(lambda: "job.lost" in said.events)
        async with ctx.db.write_one() as tx:
            await tx.execute("update jobs set run_at = now()")  # as if its lease had lapsed
        await eventually(lambda: seen.ended == ["a"])


async def test_outages_after_a_crash_do_not_make_an_event_a_dead_letter(database):
    """After a crash each event is counted before it is handled alone. A process that lives counts it once."""
    seen, place = Inbox(), dispatcher.Position("catalog")
    event = Event("e", "thing.counted", "thing", uuid7(), 1, datetime.now(UTC), None, msgspec.Raw(b'{"number": 1}'))
    seen.fails[1] = TimeoutError("the database is slow")
    async with opened(database) as ctx:
        async with ctx.db.write() as tx:
            await tx.execute("insert into inbox_cursor (producer, holder) values ('catalog', $1)", place.holder)
        careful = dispatcher.Dispatcher(ctx, seen.consumer, place)
        for _ in range(dispatcher.CRASHES + 2):
            with pytest.raises(TimeoutError):
                await careful.apply([event], careful=True)
        seen.fails.clear()
        await careful.apply([event], careful=True)
        assert (await numbers(ctx), await states(ctx)) == ([1], [])
