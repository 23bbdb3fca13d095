"""What the tests of jobs share."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg

from chassis import telemetry
from chassis.jobs import JobTable
from chassis.testing.databases import database_name
from chassis.tests.log.support import Note, one


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

    def has_ended(self, count: int) -> bool:
        return len(self.ended) == count

    async def _note(self, _ctx, payload: Note) -> None:
        self.began.append(payload.text)
        self.traces.append(telemetry.current_trace().trace_id)
        await self.gate.wait()
        if self._failures:
            self._failures -= 1
            raise self._error(f"no luck with {payload.text}\0")
        self.ended.append(payload.text)


async def add(ctx, *texts, delay=timedelta(0)):
    async with ctx.db.write() as tx:
        for text in texts:
            await ctx.jobs.enqueue(tx, "note", Note(text), delay)


async def waiting(ctx):
    return await one(ctx.db, "select count(*) from jobs")


async def none_left(ctx):
    return await waiting(ctx) == 0


@asynccontextmanager
async def connected(url):
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def cut(bench, purpose="jobs", *, refuse=True):
    """Cut every connection of a database, and let nobody in again where asked."""
    name = database_name("hello", purpose)
    async with connected(bench.postgres.url("postgres")) as owner:
        if refuse:
            await owner.execute(f"alter database {name} allow_connections false")
        await owner.fetchval("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1", name)


async def heal(bench, purpose="jobs"):
    async with connected(bench.postgres.url("postgres")) as owner:
        await owner.execute(f"alter database {database_name('hello', purpose)} allow_connections true")
