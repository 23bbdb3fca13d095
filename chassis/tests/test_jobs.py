from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from chassis import background, faults, line, periodic, telemetry, worker
from chassis.jobs import Jobs, JobTable
from chassis.problems import Unavailable
from chassis.testing import eventually
from chassis.testing.databases import database_name, empty_database
from chassis.testing.servers import child_process
from chassis.tests.log_support import Note, Said, node, one, opened, pipes_of


class Other(msgspec.Struct, frozen=True):
    text: str


class Recorder:
    """A table of one task whose handler fails so often before it succeeds."""

    def __init__(self, failures: int = 0, error: type[Exception] = RuntimeError) -> None:
        self.table = JobTable()
        self.began: list[str] = []
        self.ended: list[str] = []
        self.traces: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.table.task("note")(self._note)
        self._failures, self._error = failures, error

    async def _note(self, _ctx, payload: Note) -> None:
        self.began.append(payload.text)
        self.traces.append(telemetry.current_trace().trace_id)
        await self.gate.wait()
        if self._failures:
            self._failures -= 1
            raise self._error(f"no luck with {payload.text}\0")
        self.ended.append(payload.text)


@pytest.fixture
def quick(monkeypatch):
    """Time in small pieces."""
    monkeypatch.setattr(worker, "FLOOR_SECONDS", 0.05)
    monkeypatch.setattr(worker, "LEASE_SECONDS", 0.8)
    monkeypatch.setattr(worker, "WATCH_SECONDS", 0.0)
    monkeypatch.setattr(worker, "pause", lambda _tries: 0.01)
    monkeypatch.setattr(periodic, "LEASE_SECONDS", 0.8)
    monkeypatch.setattr(line, "PATIENCE_SECONDS", 1.0)
    yield
    faults.configure("")


async def add(ctx, *texts, delay=timedelta(0)):
    async with ctx.db.write() as tx:
        for text in texts:
            await ctx.jobs.enqueue(tx, "note", Note(text), delay)


async def waiting(ctx):
    return await one(ctx.db, "select count(*) from jobs")


async def test_a_job_is_done_once_its_cause_is_committed(bench):
    seen = Recorder()
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        telemetry.begin(None, None)
        with pytest.raises(RuntimeError):
            async with ctx.db.write() as tx:
                await ctx.jobs.enqueue(tx, "note", Note("never"))
                raise RuntimeError("the cause fails")
        await add(ctx, "a", "b")
        await eventually(lambda: sorted(seen.ended) == ["a", "b"])
        await eventually(lambda: none_left(ctx))
    assert set(seen.traces) == {telemetry.current_trace().trace_id}


async def none_left(ctx):
    return await waiting(ctx) == 0


async def test_a_delayed_job_waits_for_its_time(bench, quick):
    seen = Recorder()
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        await add(ctx, "later", delay=timedelta(hours=1))
        await add(ctx, "soon", delay=timedelta(milliseconds=50))
        await eventually(lambda: seen.ended == ["soon"])
        assert await one(ctx.db, "select run_at > now() + interval '59 minutes' from jobs")


async def test_what_is_no_job_here_is_refused_when_it_is_enqueued(bench):
    async with node(bench, "jobs", jobs=Recorder().table) as ctx, ctx.db.write() as tx:
        with pytest.raises(TypeError, match="no task 'nothing'"):
            await ctx.jobs.enqueue(tx, "nothing", Note("a"))
        with pytest.raises(TypeError, match="takes a Other"):
            await ctx.jobs.enqueue(tx, "note", Other("a"))


def test_a_table_takes_each_name_once_and_only_handlers_of_a_struct():
    table = Recorder().table

    async def sweep(_ctx) -> None: ...

    async def plain(_ctx, payload: str) -> None: ...

    async def short(_ctx) -> None: ...

    async def resolved(_ctx, payload) -> None: ...

    resolved.__annotations__["payload"] = Note
    with pytest.raises(ValueError, match="twice"):
        table.task("note")(resolved)
    table.task("resolved")(resolved)
    assert table.tasks["resolved"].payload is Note
    with pytest.raises(TypeError, match="must take"):
        table.task("wrong")(plain)
    with pytest.raises(TypeError, match="must take"):
        table.task("wrong")(short)  # type: ignore[type-var]
    table.every(seconds=1, name="sweep")(sweep)
    with pytest.raises(ValueError, match="twice"):
        table.every(seconds=1, name="sweep")(sweep)
    assert "chassis.prune" in Jobs().table.periodic


async def test_a_failing_job_is_tried_again_and_then_held(bench, quick):
    seen = Recorder(failures=100)
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        await add(ctx, "bad")
        error = await eventually(lambda: one(ctx.db, "select error from jobs where held_at is not null"))
        assert error == "RuntimeError: no luck with bad"
        assert len(seen.began) == worker.TRIES == await one(ctx.db, "select tries from jobs")
        await eventually(lambda: worker._held.child(())._value.get() == 1)
        assert seen.began == ["bad"] * 8


async def test_what_fails_for_want_of_another_service_is_never_given_up(bench, quick):
    seen = Recorder(failures=20, error=Unavailable)
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        await add(ctx, "patient")
        await eventually(lambda: seen.ended == ["patient"])
        await eventually(lambda: none_left(ctx))
    assert len(seen.began) == 21


def test_pauses_grow_to_a_minute():
    pauses = [worker.pause(tries) for tries in range(1, 9)]
    assert all(0.75 * most <= pause <= most for pause, most in zip(pauses, [1, 4, 16, 60, 60, 60, 60, 60], strict=True))


async def test_replicas_share_the_work_and_do_each_job_once(bench, quick):
    first, second = Recorder(), Recorder()
    async with node(bench, "jobs", jobs=first.table) as ctx:
        first.gate.clear()
        await add(ctx, *(str(number) for number in range(200)))
        await eventually(lambda: len(first.began) == worker.CONCURRENCY)
        # It hangs with its hands full: a replica does the rest.
        async with node(bench, "jobs", jobs=second.table, url=ctx.db._url):
            await eventually(lambda: len(second.ended) == 200 - worker.CONCURRENCY)
            first.gate.set()
            await eventually(lambda: none_left(ctx))
    assert sorted(first.ended + second.ended, key=int) == [str(number) for number in range(200)]


async def test_a_long_job_keeps_its_lease(bench, quick):
    first, second = Recorder(), Recorder()
    async with node(bench, "jobs", jobs=first.table) as ctx:
        first.gate.clear()
        await add(ctx, "long")
        await eventually(lambda: first.began == ["long"])
        async with node(bench, "jobs", jobs=second.table, url=ctx.db._url):
            taken = await one(ctx.db, "select run_at from jobs")
            later = "select run_at > $1::timestamptz + interval '1 second' from jobs"
            await eventually(lambda: one(ctx.db, later, taken))
            first.gate.set()
            await eventually(lambda: none_left(ctx))
    assert second.began == []


async def test_stopping_waits_for_what_runs_and_hands_on_the_rest(bench, quick, monkeypatch):
    monkeypatch.setattr(worker, "DRAIN_SECONDS", 0.2)
    seen, heir = Recorder(), Recorder()
    url = await empty_database(bench.postgres, "hello", "jobs")
    async with node(bench, "jobs", jobs=seen.table, url=url) as ctx:
        seen.gate.clear()
        await add(ctx, "endless")
        await eventually(lambda: seen.began == ["endless"])
    async with opened(url) as ctx:
        assert await one(ctx.db, "select run_at <= now() and excused = 1 from jobs")
    async with node(bench, "jobs", jobs=heir.table, url=url) as ctx:
        await eventually(lambda: heir.ended == ["endless"])
        heir.gate.clear()
        await add(ctx, "brief")
        await eventually(lambda: heir.began[1:] == ["brief"])
        asyncio.get_running_loop().call_later(0.05, heir.gate.set)
    assert heir.ended == ["endless", "brief"]
    async with opened(url) as ctx:
        assert await waiting(ctx) == 0


async def test_the_job_of_a_killed_process_is_done_by_another(bench, quick):
    url = await empty_database(bench.postgres, "hello", "jobs")
    argv = [sys.executable, "-m", "chassis.tests.log_process", url, "jobs.worked=kill"]
    with child_process(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as doomed, pipes_of(doomed) as (_, output):
        await asyncio.to_thread(output.readline)
        table = JobTable()
        from chassis.tests import log_process

        table.task("note")(log_process.note)
        async with opened(url, jobs=table) as ctx:
            async with ctx.db.write() as tx:
                await tx.execute("insert into jobs (name, payload) values ('note', '{\"text\": \"survivor\"}')")
                await tx.execute("select pg_notify('jobs', '')")
            await asyncio.to_thread(doomed.wait, 20)
            assert doomed.returncode == -signal.SIGKILL
            # Done, and not yet deleted: at least once means that it is done again.
            assert await one(ctx.db, "select tries = 1 and run_at > now() from jobs")
            assert await one(ctx.db, "select run_at < now() + interval '30 seconds' from jobs")
            async with ctx.db.write() as tx:
                await tx.execute("update jobs set run_at = now()")
            async with background.running(ctx):
                await eventually(lambda: none_left(ctx))
            assert await one(ctx.db, "select count from greetings where name = 'survivor'") == 2


async def test_a_lost_connection_is_made_anew(bench, quick):
    seen = Recorder()
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'test-dedicated'"
        seen.gate.clear()
        await add(ctx, "a")
        await eventually(lambda: seen.began == ["a"])
        async with connected(bench.postgres.url(database_name("hello", "jobs"))) as owner:
            assert await owner.fetchval(cut) == 1
        seen.gate.set()
        await add(ctx, "b")
        await eventually(lambda: seen.ended == ["a", "b"])
        await eventually(lambda: none_left(ctx))


async def test_the_worker_outlives_whatever_goes_wrong(bench, quick, monkeypatch):
    seen, said, whole = Recorder(), Said(), worker._EXCHANGE
    monkeypatch.setattr(worker, "_log", said)
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        monkeypatch.setattr(worker, "_EXCHANGE", "select no_such_column")
        await eventually(lambda: "jobs.trouble" in said.events)
        await add(ctx, "a")
        monkeypatch.setattr(worker, "_EXCHANGE", whole)
        await eventually(lambda: seen.ended == ["a"])


async def test_a_server_that_says_nothing_is_left(bench, quick):
    async with opened(await empty_database(bench.postgres, "hello", "jobs")) as ctx:
        connection = line.Line(ctx.db)
        with pytest.raises(TimeoutError):
            await connection.fetch("select pg_sleep(60)")
        assert [tuple(row) for row in await connection.fetch("select 1")] == [(1,)]
        assert connection.generation == 2
        connection.close()
        connection.close()


@asynccontextmanager
async def connected(url):
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


class Sweeper:
    """A table of one sweep."""

    def __init__(self, seconds: float = 0.05, *, fails: bool = False) -> None:
        self.table = JobTable()
        self.runs = 0
        self.now = 0
        self.most = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.table.every(seconds=seconds, name="sweep")(self._sweep)
        self._fails = fails

    async def _sweep(self, _ctx) -> None:
        self.runs += 1
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.gate.wait()
        finally:
            self.now -= 1
        if self._fails:
            raise RuntimeError("a bad sweep\0")


async def test_periodic_work_has_one_runner_among_replicas(bench, quick):
    both = Sweeper()
    url = await empty_database(bench.postgres, "hello", "jobs")
    async with node(bench, "jobs", jobs=both.table, url=url) as ctx, node(bench, "jobs", jobs=both.table, url=url):
        await eventually(lambda: both.runs >= 10)
        # A long run keeps its lease.
        both.gate.clear()
        await eventually(lambda: both.now == 1)
        runs, taken = both.runs, await one(ctx.db, "select leased_until from job_schedule where name = 'sweep'")
        later = "select leased_until > $1::timestamptz + interval '1 second' from job_schedule where name = 'sweep'"
        await eventually(lambda: one(ctx.db, later, taken))
        assert both.runs == runs
        both.gate.set()
        await eventually(lambda: both.runs >= runs + 3)
    assert both.most == 1


async def test_a_failing_sweep_is_told_and_runs_again(bench, quick):
    bad = Sweeper(fails=True)
    async with node(bench, "jobs", jobs=bad.table) as ctx:
        await eventually(lambda: bad.runs >= 3)
        told = "select error from job_schedule where name = 'sweep' and ended_at is not null"
        assert await one(ctx.db, told) == "RuntimeError: a bad sweep"


async def test_a_sweep_that_is_cut_off_is_due_at_once_elsewhere(bench, quick, monkeypatch):
    monkeypatch.setattr(periodic, "DRAIN_SECONDS", 0.1)
    stuck, heir = Sweeper(seconds=3600), Sweeper(seconds=3600)
    stuck.gate.clear()
    url = await empty_database(bench.postgres, "hello", "jobs")
    async with node(bench, "jobs", jobs=stuck.table, url=url):
        await eventually(lambda: stuck.now == 1)
    async with node(bench, "jobs", jobs=heir.table, url=url) as ctx:
        await eventually(lambda: heir.runs == 1)
        await eventually(lambda: one(ctx.db, "select next_at > now() from job_schedule where name = 'sweep'"))
    assert heir.runs == 1


async def test_the_sweep_of_a_dead_runner_is_taken_over_when_its_lease_lapses(bench, quick):
    sweeper = Sweeper(seconds=3600)
    url = await empty_database(bench.postgres, "hello", "jobs")
    async with opened(url) as ctx, ctx.db.write() as tx:
        await tx.execute(
            "insert into job_schedule (name, runner, leased_until)"
            " values ('sweep', gen_random_uuid(), now() + interval '1 second')"
        )
    async with node(bench, "jobs", jobs=sweeper.table, url=url) as ctx:
        await eventually(lambda: sweeper.runs == 1)
        await eventually(lambda: one(ctx.db, "select runner is null from job_schedule where name = 'sweep'"))


async def test_periodic_work_survives_a_database_that_goes_away(bench, quick, monkeypatch):
    sweeper, said = Sweeper(), Said()
    monkeypatch.setattr(periodic, "_log", said)
    async with node(bench, "jobs", jobs=sweeper.table) as ctx:
        await eventually(lambda: sweeper.runs >= 1)
        name = database_name("hello", "jobs")
        async with connected(bench.postgres.url("postgres")) as owner:
            await owner.execute(f"alter database {name} allow_connections false")
            try:
                cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1"
                await owner.fetchval(cut, name)
                await eventually(lambda: "periodic.trouble" in said.events)
                runs = sweeper.runs
            finally:
                await owner.execute(f"alter database {name} allow_connections true")
        await eventually(lambda: sweeper.runs >= runs + 2)
        assert await one(ctx.db, "select true")
