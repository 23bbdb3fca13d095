"""Runs periodic work (JobTable.every): at most one runner at a time among the replicas, by a leased row.

A process asks only when something may be due, by one statement that also asks for work that says when it has something
to do (`JobTable.every(when=...)`). A runner that dies is replaced when its lease lapses.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID, uuid4

from chassis import telemetry
from chassis.context import Context
from chassis.db.listener import Listener
from chassis.jobs import Periodic
from chassis.resilience import backoff, failpoints
from chassis.telemetry import fields
from chassis.worker.housekeeping import HOUSEKEEPING
from chassis.worker.measures import LASTED, RUNS

# A lease is renewed so often.
LEASE_SECONDS, BEAT_SECONDS = 20.0, 5.0
DRAIN_SECONDS = 3.0
LONGEST_SLEEP = 60.0
# A timer may end some milliseconds early: then nothing is due yet, and it would have to be asked again.
EARLY_SECONDS = 0.02
# Work that says when it has something to do is run this often in any case.
LONGEST_REST = 20
# What failed runs again sooner than at its time, which may be an hour away: later each time, up to this.
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0
# A sweep that runs longer hangs. It would keep its lease for ever, and no replica would take it over.
LONGEST_RUN = 3600.0
TROUBLE_SECONDS = 5.0

_REGISTER = "insert into job_schedule (name) select unnest($1::text[]) on conflict do nothing"
# `{wanted}`: whether the work has something to do.
_TAKE = """
with taken as (
    update job_schedule set runner = $2, leased_until = now() + make_interval(secs => $3)
    where name in (
        select name from job_schedule as work
        where name = any($1) and next_at <= now() and leased_until <= now() and {wanted}
        for update of work skip locked
    )
    returning name
)
select name, taken.name is not null as taken,
    extract(epoch from greatest(next_at, leased_until) - now())::float as seconds
from job_schedule left join taken using (name) where name = any($1)
"""
_RENEW = """
update job_schedule set leased_until = now() + make_interval(secs => $3)
where name = any($1) and runner = $2
"""
_END = """
update job_schedule set leased_until = now(), runner = null, ended_at = now(), error = $4,
       next_at = now() + make_interval(secs => $3)
where name = $1 and runner = $2
"""

_log = telemetry.logger(__name__)


class PeriodicRunner:
    """The periodic work of one process."""

    def __init__(self, ctx: Context[Any], listener: Listener) -> None:
        self._ctx = ctx
        self._listener = listener
        self._table = {**{work.name: work for work in HOUSEKEEPING}, **ctx.jobs.table.periodic}
        self._take_sql = _TAKE.format(wanted=_wanted(self._table.values()))
        self._runner: UUID = uuid4()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._failures: dict[str, int] = {}
        self._draining = False
        for name in self._table:
            RUNS.start(name)
            LASTED.start(name)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run what is due for as long as the block lasts; at its end sweeps have DRAIN_SECONDS to finish."""
        async with self._ctx.loops.running("periodic beat", self._beat):
            try:
                async with self._ctx.loops.running("periodic", self._loop):
                    yield
            finally:
                await self._drain()

    async def _loop(self) -> None:
        registered, failures = False, 0
        while True:
            try:
                if not registered:
                    await self._listener.fetch(_REGISTER, list(self._table))
                    registered = True
                seconds = await self._take()
                failures = 0
            except Exception as error:  # noqa: BLE001 -- the loop must outlive whatever goes wrong once
                failures += 1
                _log.warning("periodic.trouble", error=error)
                seconds = backoff.pause(failures, first=1.0, longest=TROUBLE_SECONDS)
            await asyncio.sleep(seconds)

    async def _take(self) -> float:
        """Begin what is due; seconds until something may be due again."""
        # What ends meanwhile may be due again sooner than what is known now.
        soonest = min((self._table[name].seconds for name in self._running), default=LONGEST_SLEEP)
        for row in await self._listener.fetch(self._take_sql, self._idle(), self._runner, LEASE_SECONDS):
            work, seconds = self._table[row["name"]], row["seconds"]
            if row["taken"]:
                self._running[work.name] = asyncio.create_task(self._run(work), name=f"periodic {work.name}")
            # What has begun will end, and what had nothing to do is asked again.
            soonest = min(soonest, seconds if seconds > 0 else work.seconds)
        return soonest + EARLY_SECONDS

    def _idle(self) -> list[str]:
        return [name for name in self._table if name not in self._running]

    async def _run(self, work: Periodic) -> None:
        telemetry.begin(None, None)
        began = time.perf_counter()
        try:
            error = await self._sweep(work)
            failures = self._failures[work.name] = self._failures.get(work.name, 0) + 1 if error else 0
            outcome = "failed" if error else "done"
            RUNS.inc(work.name, outcome)
            LASTED.observe(time.perf_counter() - began, work.name, outcome)
            again = backoff.pause(failures, first=FIRST_PAUSE, longest=LONGEST_PAUSE) if error else work.seconds
            # Where this fails, the lease lapses and it runs again then.
            with suppress(Exception):
                await self._listener.fetch(_END, work.name, self._runner, min(again, work.seconds), error)
        finally:
            del self._running[work.name]

    async def _sweep(self, work: Periodic) -> str | None:
        """Run it once; what went wrong. Whatever that was, it runs again, so nothing is counted and given up."""
        limit = asyncio.timeout(LONGEST_RUN)
        try:
            await failpoints.point("periodic.taken")
            async with limit:
                await work.sweep(self._ctx)
        except asyncio.CancelledError:
            if self._draining:
                raise
            wrong: Exception = RuntimeError("it was cancelled from within")
        except Exception as error:  # noqa: BLE001 -- whatever it raises, it runs again
            wrong = RuntimeError("it ran for too long") if limit.expired() else error
        else:
            return None
        _log.warning("periodic.failed", job=work.name, error=wrong)
        return fields.in_short(wrong)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if self._running:
                with suppress(Exception):
                    await self._listener.fetch(_RENEW, list(self._running), self._runner, LEASE_SECONDS)

    async def _drain(self) -> None:
        tasks = list(self._running.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=DRAIN_SECONDS)
            self._draining = True
            for task in late:
                task.cancel()
            await asyncio.wait(tasks)
        # A cancelled run is due again at once, for a replica.
        with suppress(Exception):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._listener.fetch(
                    "update job_schedule set leased_until = now() where runner = $1", self._runner
                )


def _wanted(table: Iterable[Periodic]) -> str:
    """The condition under which work that is due is begun: where it says so, or has not run for long."""
    asking = {work.name: work.when for work in table if work.when is not None}
    if not asking:
        return "true"
    long_ago = f"ended_at is null or ended_at < now() - interval '{LONGEST_REST} seconds'"
    cases = " ".join(f"when '{name}' then {long_ago} or {when}" for name, when in asking.items())
    return f"case name {cases} else true end"
