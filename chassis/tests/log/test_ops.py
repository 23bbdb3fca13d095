"""The commands of an operator, on what a real worker and a real poller gave up."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from chassis.db import Database
from chassis.jobs import Hopeless
from chassis.ops import cli, held
from chassis.problems import Unavailable
from chassis.service import restored
from chassis.testing import eventually
from chassis.testing.databases import empty_database
from chassis.testing.servers import free_port
from chassis.tests.log import jobs_support
from chassis.tests.log.inbox_support import Recorder, has, is_dead, numbers
from chassis.tests.log.support import count_up, node, one, opened
from chassis.values import uuid7
from chassis.worker import worker


@pytest.fixture
async def jobs_database(bench):
    return await empty_database(bench.postgres, "hello", "ops_jobs")


async def held_jobs(ctx):
    return await one(ctx.db, "select count(*) from jobs where held_at is not null")


async def test_a_held_job_is_listed_and_done_after_its_release(bench, jobs_database, quick, command):
    done = jobs_support.Recorder(failures=worker.TRIES)
    async with node(bench, "ops_jobs", jobs=done.table, url=jobs_database) as ctx:
        assert await command(jobs_database, "list") == (cli.DONE, "Nothing is held.\n")
        await jobs_support.add(ctx, "a letter")
        await eventually(lambda: held_jobs(ctx))
        code, said = await command(jobs_database, "list", "--json")
        (job,) = json.loads(said)["jobs"]
        assert (code, job["name"], job["tries"], job["error"]) == (
            0,
            "note",
            worker.TRIES,
            "RuntimeError: no luck with a letter",
        )
        assert f"job {job['id']}: note; 8 tries, since " in (await command(jobs_database, "list"))[1]
        for nothing in (("--name", "other"), ("--job", "999")):
            code, said = await command(jobs_database, "release", *nothing)
            assert (code, "No such job is held" in said) == (cli.NOTHING, True)
        assert await command(jobs_database, "release", "--job", str(job["id"]), "--json") == (0, '{"released":1}\n')
        await eventually(lambda: one(ctx.db, "select count(*) = 0 from jobs"))
        assert done.ended == ["a letter"]
        assert await command(jobs_database, "list") == (cli.DONE, "Nothing is held.\n")


async def test_a_released_job_has_all_its_tries_again(bench, jobs_database, quick, command):
    done = jobs_support.Recorder(failures=2 * worker.TRIES - 1)
    async with node(bench, "ops_jobs", jobs=done.table, url=jobs_database) as ctx:
        await jobs_support.add(ctx, "a letter")
        await eventually(lambda: held_jobs(ctx))
        assert (await command(jobs_database, "release", "--name", "note"))[0] == cli.DONE
        await eventually(lambda: done.ended)
        assert len(done.began) == 2 * worker.TRIES


async def test_a_job_that_cannot_succeed_is_held_at_once_and_can_be_discarded(bench, jobs_database, quick, command):
    done = jobs_support.Recorder(failures=1, error=Hopeless)
    async with node(bench, "ops_jobs", jobs=done.table, url=jobs_database) as ctx:
        await jobs_support.add(ctx, "a letter")
        await eventually(lambda: held_jobs(ctx))
        assert done.began == ["a letter"]
        job = str(await one(ctx.db, "select id from jobs"))
        code, said = await command(jobs_database, "discard", "--job", job)
        assert (code, "say --yes. Nothing was changed." in said) == (cli.FAILED, True)
        assert await held_jobs(ctx) == 1
        assert (await command(jobs_database, "discard", "--job", job, "--yes"))[0] == cli.DONE
        assert (await command(jobs_database, "discard", "--job", job, "--yes"))[0] == cli.NOTHING
        assert await jobs_support.waiting(ctx) == 0


async def test_a_dead_letter_is_listed_and_redriven_with_the_events_after_it(bench, catalog, database, quick, command):
    producer, url = catalog
    seen = Recorder()
    seen.fails[2] = RuntimeError("poison")
    thing = await count_up(producer.db, 3)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: is_dead(ctx))
        (event,) = json.loads((await command(database, "list", "--json"))[1])["events"]
        assert (event["aggregate_id"], event["version"], event["behind"]) == (str(thing), 2, 1)
        assert "RuntimeError: poison" in (await command(database, "list"))[1]
        for nothing in (("--producer", "orders"), ("--only", str(uuid7()))):
            assert (await command(database, "redrive", *nothing))[0] == cli.NOTHING
        seen.fails.clear()
        code, said = await command(database, "redrive", "--producer", "catalog", "--only", event["id"])
        assert (code, said.startswith("Set going again: 1 aggregates")) == (cli.DONE, True)
        await eventually(lambda: has(ctx, 3))
        assert await numbers(ctx) == [1, 2, 3]


async def test_an_event_is_discarded_and_a_log_followed_anew(bench, catalog, database, quick, command):
    producer, url = catalog
    seen = Recorder()
    seen.fails[2] = RuntimeError("poison")
    await count_up(producer.db, 3)
    async with node(bench, "inbox", consumers=[seen.consumer], producer_url=url, url=database) as ctx:
        await eventually(lambda: is_dead(ctx))
        event = await one(ctx.db, "select event_id from inbox_dead where state = 'dead'")
        assert (await command(database, "discard", "--event", event))[0] == cli.FAILED
        assert (await command(database, "discard", "--event", event, "--yes"))[0] == cli.DONE
        await eventually(lambda: has(ctx, 2))
        async with producer.db.write() as tx:
            await tx.execute("update outbox_log set epoch = replace(gen_random_uuid()::text, '-', '')")
        await eventually(lambda: one(ctx.db, "select halted from inbox_cursor"))
        assert "log of catalog: not followed since" in (await command(database, "list"))[1]
        assert (await command(database, "restart", "catalog"))[0] == cli.FAILED
        assert (await command(database, "restart", "orders", "--yes"))[0] == cli.NOTHING
        seen.fails.clear()
        assert (await command(database, "restart", "catalog", "--yes"))[0] == cli.DONE
        await eventually(lambda: has(ctx, 5))
        assert await numbers(ctx) == [1, 3, 1, 2, 3]


async def test_a_long_list_is_cut_and_says_so(bench, jobs_database, command, monkeypatch):
    monkeypatch.setattr(held, "MOST", 2)
    async with node(bench, "ops_jobs", url=jobs_database) as ctx:
        async with ctx.db.write() as tx:
            rows = "insert into jobs (name, payload, held_at) select 'note', '{}', now() from generate_series(1, 3)"
            await tx.execute(rows)
            await tx.execute("insert into jobs (name, payload, error) values ('other', '{}', 'an outage')")
        said = (await command(jobs_database, "list"))[1]
        assert "... and more: 3 jobs and 0 events in all\n" in said
        assert "Being tried again, and needing nobody: 1 jobs, 0 events\n" in said


async def test_an_impossible_operation_is_refused_with_a_solution(bench, command, monkeypatch, tmp_path):
    code, said = await command(f"postgresql://nobody@127.0.0.1:{free_port()}/x", "list")
    assert (code, "The database does not answer" in said) == (cli.FAILED, True)
    code, said = await command(bench.postgres.url("postgres"), "list")
    assert (code, "python -m chassis.db.migrate" in said) == (cli.FAILED, True)
    code, said = await command(bench.postgres.url("no_such_database"), "list")
    assert (code, "DATABASE_URL cannot be used" in said) == (cli.FAILED, True)
    code, said = await command("", "list")
    assert (code, "DATABASE_URL is needed" in said) == (cli.FAILED, True)
    (tmp_path / "database_url").write_text(bench.postgres.url("no_such_database") + "\n")
    monkeypatch.setenv("MERCAT_SECRETS_DIR", str(tmp_path))
    code, said = await command("", "list")
    assert (code, "DATABASE_URL cannot be used" in said) == (cli.FAILED, True)


def test_the_command_runs_as_a_program(jobs_database):
    argv = [sys.executable, "-m", "chassis.ops", "list"]
    done = subprocess.run(
        argv, env={**os.environ, "DATABASE_URL": jobs_database}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "Nothing is held.\n"


@pytest.mark.parametrize(
    ("service", "wrong"),
    [("nothing", "There is no service nothing here"), ("hello", "It needs the whole environment of hello.")],
)
async def test_why_a_service_cannot_be_prepared_is_said(jobs_database, command, monkeypatch, service, wrong):
    monkeypatch.setenv("PUBLIC_URL", "no address")
    monkeypatch.delitem(sys.modules, "hello.app", raising=False)  # another test may have imported it
    words = ("after-restore", service, "--restored-to", "2026-11-28T12:00:00Z", "--yes")
    code, said = await command(jobs_database, *words)
    assert (code, said.startswith(wrong)) == (cli.FAILED, True), said


async def test_a_preparation_that_something_outside_did_not_answer_is_to_be_run_again(
    jobs_database, command, monkeypatch
):
    async def unanswered(_moment: datetime) -> list[str]:
        raise Unavailable("The provider did not answer.")

    monkeypatch.setattr(importlib.import_module("hello.app").app.state, "after_restore", unanswered)
    words = ("after-restore", "hello", "--restored-to", "2026-11-28T12:00:00Z", "--yes")
    code, said = await command(jobs_database, *words)
    assert (code, said.startswith("The provider did not answer. Run it again")) == (cli.FAILED, True), said


async def test_a_service_does_its_own_part_after_a_restore_with_its_own_objects(bench):
    moment, entered = datetime(2026, 11, 28, tzinfo=UTC), []

    @asynccontextmanager
    async def resources(ctx):
        entered.append(ctx)
        yield

    async def own(ctx, restored_to: datetime) -> list[str]:
        return [f"{restored_to:%F}, {entered == [ctx]}"]

    url = await empty_database(bench.postgres, "hello", "ops_own_part")
    async with opened(url) as ctx:
        ctx.db = Database(url, name="restored", size=1)
        try:
            assert await restored.after_restore(ctx, resources, own, moment) == ["2026-11-28, True"]
        finally:
            await ctx.db.close()


async def test_after_a_restore_a_service_is_prepared_by_a_command_that_may_run_twice(bench):
    url = await empty_database(bench.postgres, "hello", "ops_restored")
    words = ("after-restore", "hello", "--restored-to", "2026-11-28T12:00:00Z")

    async def run(*more: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "chassis.ops", *words, *more),
            env={**os.environ, **bench.environment("hello", url)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    assert (await run())[0] == cli.FAILED
    async with opened(url) as ctx:
        async with ctx.db.write() as tx:
            await tx.execute("insert into inbox_cursor (producer) values ('catalog')")
        for _ in range(2):
            assert await run("--yes") == (cli.DONE, "hello may serve.\n")
        assert await one(ctx.db, "select restart_until > now() from inbox_cursor")
        assert await one(ctx.db, "select count(*) from audit_lines where action = 'database.restored'") == 2
    assert (await run("--yes", "--restored-to", "2026-11-28T12:00:00"))[0] == cli.FAILED
