from __future__ import annotations

import socket
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from chassis import telemetry
from chassis.jobs import claims, enqueue_many
from chassis.problems import Unavailable
from chassis.testing import eventually
from chassis.tests.log.jobs_support import Recorder, add, none_left
from chassis.tests.log.support import Note, node, one
from chassis.worker import state, worker


class Other(msgspec.Struct, frozen=True):
    text: str


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


async def test_a_delayed_job_waits_for_its_time(bench, quick):
    seen = Recorder()
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        await add(ctx, "later", delay=timedelta(hours=1))
        await add(ctx, "soon", delay=timedelta(milliseconds=50))
        await eventually(lambda: seen.ended == ["soon"])
        assert await one(ctx.db, "select run_at > now() + interval '59 minutes' from jobs")


async def test_many_jobs_are_enqueued_at_once_or_none(bench, quick):
    seen = Recorder()
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        with pytest.raises(RuntimeError):
            async with ctx.db.write() as tx:
                await enqueue_many(tx, "note", [Note("never")])
                raise RuntimeError("the cause fails")
        async with ctx.db.write() as tx:
            await enqueue_many(tx, "note", [Note("a"), Note("b"), Note("c")])
        await eventually(lambda: sorted(seen.ended) == ["a", "b", "c"])


async def test_an_unknown_job_is_refused_when_it_is_enqueued(bench):
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


async def test_a_failing_job_is_tried_again_and_then_held(bench, quick):
    seen = Recorder(failures=100)
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        await add(ctx, "bad")
        error = await eventually(lambda: one(ctx.db, "select error from jobs where held_at is not null"))
        assert error == "RuntimeError: no luck with bad"
        assert len(seen.began) == worker.TRIES == await one(ctx.db, "select tries from jobs")
        await eventually(lambda: state._held.value() == 1)
        assert seen.began == ["bad"] * 8


class AwayInLatin1(Unavailable):
    """As a mail server says it whose words are no UTF-8."""

    def __str__(self) -> str:
        return "451 sp\udce4ter"


@pytest.mark.parametrize("error", [Unavailable, AwayInLatin1, ConnectionRefusedError, socket.gaierror])
async def test_a_job_that_needs_an_unavailable_service_is_never_held(bench, quick, monkeypatch, error):
    monkeypatch.setattr(worker, "TROUBLES", 0)
    seen = Recorder(failures=20, error=error)
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        await add(ctx, "patient")
        await eventually(lambda: seen.ended == ["patient"])
        await eventually(lambda: none_left(ctx))
    assert len(seen.began) == 21


def test_pauses_between_tries_grow_to_a_minute():
    pauses = [worker.pause(tries) for tries in range(1, 9)]
    assert all(0.75 * most <= pause <= most for pause, most in zip(pauses, [1, 4, 16, 60, 60, 60, 60, 60], strict=True))


async def test_replicas_share_the_work_and_do_each_job_once(bench, quick):
    first, second = Recorder(), Recorder()
    async with node(bench, "jobs", jobs=first.table) as ctx:
        first.gate.clear()
        await add(ctx, *(str(number) for number in range(200)))
        await eventually(lambda: len(first.began) == claims.OF_ONE_NAME)
        # It hangs with its hands full: a replica does the rest.
        async with node(bench, "jobs", jobs=second.table, url=ctx.db._url):
            await eventually(lambda: len(second.ended) == 200 - claims.OF_ONE_NAME)
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


async def test_another_replica_is_notified_of_jobs_above_the_concurrency(bench, monkeypatch):
    """Neither of them would look by itself for a long time."""
    monkeypatch.setattr(worker, "FLOOR_SECONDS", 600)
    first, second = Recorder(), Recorder()
    first.gate.clear()
    async with (
        node(bench, "jobs", jobs=first.table) as ctx,
        node(bench, "jobs", jobs=second.table, url=ctx.db._url) as other,
    ):
        await eventually(lambda: one(other.db, "select true"))
        for number in range(claims.OF_ONE_NAME + 5):
            await add(ctx, str(number))
        await eventually(lambda: len(second.ended) == 5, timeout=60, what="the other one's share")
        assert len(first.began) == claims.OF_ONE_NAME
        # A place of its own is used again when it is free.
        first.gate.set()
        await add(ctx, "more")
        await eventually(lambda: none_left(ctx), timeout=60)


async def test_a_job_of_a_failed_transaction_releases_its_slot(bench, monkeypatch):
    monkeypatch.setattr(worker, "FLOOR_SECONDS", 600)
    seen = Recorder()
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        for _ in range(2 * worker.CONCURRENCY):
            with pytest.raises(RuntimeError):
                async with ctx.db.write() as tx:
                    await ctx.jobs.enqueue(tx, "note", Note("never"))
                    raise RuntimeError("the cause fails")
        with pytest.raises(asyncpg.DataError):
            async with ctx.db.write() as tx:
                await ctx.jobs.enqueue(tx, "note", Note("no \0 fits into the database"))
        await add(ctx, "a")
        await eventually(lambda: seen.ended == ["a"], timeout=60)
        assert await one(ctx.db, "select count(*) from jobs where tries > 1") == 0


async def test_a_job_of_a_killed_process_is_done_when_its_lease_expires(bench, quick):
    """Enqueued as taken, by a process that is no more when the transaction has committed."""
    seen = Recorder()
    async with node(bench, "jobs", jobs=seen.table) as ctx:
        async with ctx.db.write_one() as tx:
            await tx.execute(
                "insert into jobs (name, payload, run_at, tries)"
                " values ('note', '{\"text\": \"orphan\"}', now() + interval '1 second', 1)"
            )
        await eventually(lambda: seen.ended == ["orphan"])
        await eventually(lambda: none_left(ctx))
