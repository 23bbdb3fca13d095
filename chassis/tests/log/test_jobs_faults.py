from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import pytest

from chassis.db import listener
from chassis.jobs import JobTable, claims
from chassis.service import background
from chassis.testing import eventually
from chassis.testing.databases import database_name, empty_database
from chassis.testing.servers import child_process
from chassis.tests.log.jobs_support import Recorder, add, connected, none_left, waiting
from chassis.tests.log.support import Note, Said, node, one, opened, pipes_of
from chassis.worker import worker


async def test_stopping_waits_for_running_jobs_and_releases_the_others(bench, quick, monkeypatch):
    monkeypatch.setattr(worker, "DRAIN_SECONDS", 0.2)
    seen, heir = Recorder(), Recorder()
    url = await empty_database(bench.postgres, "hello", "jobs")
    async with node(bench, "jobs", jobs=seen.table, url=url) as ctx:
        seen.gate.clear()
        await add(ctx, "endless")
        await eventually(lambda: seen.began == ["endless"])
    async with opened(url) as ctx:
        assert await one(ctx.db, "select run_at <= now() and excused = 1 from jobs")
    monkeypatch.setattr(worker, "DRAIN_SECONDS", 60)
    async with node(bench, "jobs", jobs=heir.table, url=url) as ctx:
        await eventually(lambda: heir.ended == ["endless"])
        heir.gate.clear()
        await add(ctx, "brief")
        await eventually(lambda: heir.began[1:] == ["brief"])
        asyncio.get_running_loop().call_later(0.05, heir.gate.set)
    assert heir.ended == ["endless", "brief"]
    async with opened(url) as ctx:
        assert await waiting(ctx) == 0


async def test_a_job_whose_cause_is_committed_during_the_stop_is_left_to_a_replica(bench, rests, monkeypatch):
    monkeypatch.setattr(worker, "DRAIN_SECONDS", 60)
    monkeypatch.setattr(worker, "REPORT_SECONDS", 60)
    seen, enqueued, commit = Recorder(), asyncio.Event(), asyncio.Event()
    seen.gate.clear()
    url = await empty_database(bench.postgres, "hello", "jobs")
    async with opened(url, jobs=seen.table) as ctx:

        async def cause() -> None:
            async with ctx.db.write() as tx:
                await ctx.jobs.enqueue(tx, "note", Note("late"))
                enqueued.set()
                await commit.wait()

        async def stopping() -> None:
            await eventually(lambda: ctx.jobs.dispatch is None)
            commit.set()
            await caused
            seen.gate.set()

        async with background.running(ctx):
            await rests.wait()
            await add(ctx, "long")
            caused, stopped = asyncio.create_task(cause()), asyncio.create_task(stopping())
            await enqueued.wait()
        await stopped
        assert seen.ended == ["long"]
        assert await one(ctx.db, "select run_at <= now() and excused = 1 from jobs where payload ->> 'text' = 'late'")


async def test_the_job_of_a_killed_process_is_done_by_another(bench, quick):
    url = await empty_database(bench.postgres, "hello", "jobs")
    argv = [sys.executable, "-m", "chassis.tests.log.process", url, "jobs.worked=kill"]
    with child_process(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as doomed, pipes_of(doomed) as (_, output):
        await asyncio.to_thread(output.readline)
        table = JobTable()
        from chassis.tests.log import process as log_process

        table.task("note")(log_process.note)
        async with opened(url, jobs=table) as ctx:
            async with ctx.db.write() as tx:
                await tx.execute("insert into jobs (name, payload) values ('note', '{\"text\": \"survivor\"}')")
                await tx.execute("select pg_notify('jobs', '')")
            await asyncio.to_thread(doomed.wait, 60)
            assert doomed.returncode == -signal.SIGKILL
            # Done, and not yet deleted: at least once means that it is done again.
            assert await one(ctx.db, "select tries = 1 and run_at > now() from jobs")
            assert await one(ctx.db, "select run_at < now() + interval '30 seconds' from jobs")
            async with ctx.db.write() as tx:
                await tx.execute("update jobs set run_at = now()")
            async with background.running(ctx):
                await eventually(lambda: none_left(ctx))
            assert await one(ctx.db, "select count from greetings where name = 'survivor'") == 2


async def test_a_lost_connection_is_opened_again(bench, quick):
    seen = Recorder()
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'test-dedicated'"
        cut += " and datname = current_database()"
        seen.gate.clear()
        await add(ctx, "a")
        await eventually(lambda: seen.began == ["a"])
        async with connected(bench.postgres.url(database_name("hello", "jobs"))) as owner:
            # "a" began without it: it may not be made yet.
            await eventually(lambda: owner.fetchval(cut))
        seen.gate.set()
        await add(ctx, "b")
        await eventually(lambda: seen.ended == ["a", "b"])
        await eventually(lambda: none_left(ctx))


async def test_the_worker_goes_on_after_any_error(bench, quick, monkeypatch):
    seen, said, whole = Recorder(), Said(), claims.EXCHANGE
    monkeypatch.setattr(worker, "_log", said)
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        monkeypatch.setattr(claims, "EXCHANGE", "select no_such_column")
        await eventually(lambda: "jobs.trouble" in said.events)
        await add(ctx, "a")
        monkeypatch.setattr(claims, "EXCHANGE", whole)
        await eventually(lambda: seen.ended == ["a"])


async def test_a_connection_that_times_out_is_replaced(bench, monkeypatch):
    monkeypatch.setattr(listener, "PATIENCE_SECONDS", 60)
    async with opened(await empty_database(bench.postgres, "hello", "jobs")) as ctx:
        connection = listener.Listener(ctx.db)
        await connection.fetch("select 1")
        with monkeypatch.context() as hurried, pytest.raises(TimeoutError):
            hurried.setattr(listener, "PATIENCE_SECONDS", 0.2)
            await connection.fetch("select pg_sleep(60)")
        assert [tuple(row) for row in await connection.fetch("select 1")] == [(1,)]
        assert connection.generation == 2
        connection.close()
        connection.close()
