from __future__ import annotations

import asyncio
from functools import partial

from chassis.jobs import JobTable
from chassis.testing import eventually
from chassis.testing.databases import database_name, empty_database
from chassis.tests.log.jobs_support import connected
from chassis.tests.log.support import Said, node, one, opened
from chassis.worker import periodic


class Sweeper:
    """A table of one sweep."""

    def __init__(self, seconds: float = 0.05, *, fails: bool = False, when: str | None = None) -> None:
        self.table = JobTable()
        self.runs = 0
        self.now = 0
        self.most = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.table.every(seconds=seconds, name="sweep", when=when)(self._sweep)
        self._fails = fails

    def has_run(self, times: int) -> bool:
        return self.runs == times

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


async def test_a_failing_sweep_is_logged_and_runs_again(bench, quick):
    bad = Sweeper(fails=True)
    async with node(bench, "jobs", jobs=bad.table) as ctx:
        await eventually(lambda: bad.runs >= 3)
        told = "select error from job_schedule where name = 'sweep' and ended_at is not null"
        assert await one(ctx.db, told) == "RuntimeError: a bad sweep"


async def test_a_sweep_cancelled_by_a_stop_is_due_at_once_on_another_replica(bench, quick, monkeypatch):
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


async def test_work_with_a_condition_runs_when_its_query_is_true(bench, quick):
    sweeper = Sweeper(when="exists (select from greetings)")
    url = await empty_database(bench.postgres, "hello", "jobs")
    async with node(bench, "jobs", jobs=sweeper.table, url=url) as ctx:
        await eventually(lambda: one(ctx.db, "select ended_at is not null from job_schedule where name = 'sweep'"))
        due = "select next_at < now() - interval '0.3 seconds' from job_schedule where name = 'sweep'"
        await eventually(lambda: one(ctx.db, due))
        assert sweeper.runs == 1
        async with ctx.db.write_one() as tx:
            await tx.execute("insert into greetings (name) values ('ada')")
        await eventually(lambda: sweeper.runs >= 3)


async def test_work_whose_condition_is_never_true_still_runs_at_long_intervals(bench, quick):
    sweeper = Sweeper(when="false")
    url = await empty_database(bench.postgres, "hello", "jobs")
    async with node(bench, "jobs", jobs=sweeper.table, url=url) as ctx:
        await eventually(lambda: one(ctx.db, "select ended_at is not null from job_schedule where name = 'sweep'"))
        for runs in (sweeper.runs, sweeper.runs + 1):
            async with ctx.db.write_one() as tx:
                await tx.execute("update job_schedule set ended_at = now() - interval '21 s' where name = 'sweep'")
            await eventually(partial(sweeper.has_run, runs + 1))
