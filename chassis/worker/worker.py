"""Does jobs (chassis.jobs): takes what is due, runs it, deletes it.

To take a job is to move its `run_at` on by a lease, so the jobs of a process that was killed become due again by
themselves. One statement both deletes what is done and takes what is next; an idle worker runs one a second.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from chassis import telemetry
from chassis.context import Context
from chassis.db import AWAY, CUT, UNREACHABLE
from chassis.db.listener import Listener, wait_for
from chassis.jobs import CHANNEL, Hopeless
from chassis.problems import Unavailable
from chassis.resilience import backoff, failpoints
from chassis.telemetry import fields
from chassis.worker import claims
from chassis.worker.claims import Job, places
from chassis.worker.reports import PendingReports

CONCURRENCY = 16
LEASE_SECONDS = 20.0
FLOOR_SECONDS, TROUBLE_SECONDS = 1.0, 5.0
DRAIN_SECONDS, TELL_SECONDS = 7.0, 3.0
# What is done is reported so much later, along with what comes next, unless more is known to wait.
GATHER_SECONDS = 0.02
TRIES = 8
# So often, which is for more than an hour, a slow or contended database is blamed, and not the job that met it.
TROUBLES = 80
LONGEST_PAUSE = 60.0
# A handler that runs longer hangs. All that it may wait for has a limit of its own, far below.
LONGEST_RUN = 3600.0
WATCH_SECONDS = 30.0

_ended = telemetry.counter("jobs", "Jobs by how a try of them ended: done, retried or held", ("name", "outcome"))
_held = telemetry.gauge("jobs_held", "Jobs given up after their tries, waiting for somebody to look at them")
_late = telemetry.gauge("jobs_late_seconds", "How long the oldest job that is due has waited")
_log = telemetry.logger(__name__)


class Worker:
    """Takes and runs the jobs of one process."""

    def __init__(self, ctx: Context[Any], listener: Listener) -> None:
        self._ctx = ctx
        self._listener = listener
        self._tasks = ctx.jobs.table.tasks
        self._names = list(self._tasks)
        own = str(ctx.jobs.worker_id)
        self._signal = listener.signal(CHANNEL, accepts=lambda payload: payload in {own, ""})
        self._closing = self._draining = False
        self._busy = False
        self._timer: asyncio.TimerHandle | None = None
        self._running: dict[asyncio.Task[None], tuple[Job, float]] = {}
        self._done: list[Job] = []
        self._reports = PendingReports(listener)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self._ctx.loops.running("jobs beat", self._beat):
            try:
                async with self._ctx.loops.running("jobs", self._work, stop=self._close):
                    yield
            finally:
                await self._drain()

    def _close(self) -> None:
        self._closing = True
        self._signal.notify()

    async def _work(self) -> None:
        failures = 0
        while not self._closing:
            notify = self._signal.next()
            room = max(CONCURRENCY - len(self._running), 0)
            rooms = places(self._names, Counter(job.name for job, _ in self._running.values()), room)
            try:
                await self._reports.settle()
                taken = await self._exchange(room, rooms)
            except Exception as error:  # noqa: BLE001 -- the worker must outlive whatever goes wrong once
                failures += 1
                _log.warning("jobs.trouble", error=error)
                await wait_for(
                    self._signal.next(), backoff.pause(failures, first=FLOOR_SECONDS, longest=TROUBLE_SECONDS)
                )
                continue
            failures = 0
            names = Counter(job.name for job in taken)
            self._busy = len(taken) == room or any(names[name] == rooms[name] for name in names)
            for job in taken:
                task = asyncio.create_task(self._run(job), name=f"job {job.name}")
                self._running[task] = (job, time.monotonic())
                task.add_done_callback(self._ended)
            await wait_for(notify, FLOOR_SECONDS)

    async def _exchange(self, room: int, rooms: dict[str, int]) -> list[Job]:
        """Report what is done, take what is due."""
        done, self._done = self._done, []
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            rows = await self._listener.fetch(
                claims.EXCHANGE,
                [job.id for job in done],
                list(rooms),
                room,
                LEASE_SECONDS,
                list(rooms.values()),
            )
        except BaseException:
            self._done += done
            raise
        return [Job(**row) for row in rows]

    def _ended(self, task: asyncio.Task[None]) -> None:
        job, _ = self._running.pop(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("job.lost", job=job.name, job_id=job.id, error=task.exception())
        if self._busy:
            self._signal.notify()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._signal.notify)

    async def _run(self, job: Job) -> None:
        task = self._tasks[job.name]
        telemetry.begin(job.trace, None)
        limit, began = asyncio.timeout(LONGEST_RUN), self._listener.generation
        if job.tries - job.excused > TRIES:
            await self._failed(job, RuntimeError("its process died at its last try"), began)
            return
        try:
            await failpoints.point("jobs.taken")
            async with limit:
                await task.handler(self._ctx, task.decode(job.payload))
            await failpoints.point("jobs.worked")
        except asyncio.CancelledError:
            if self._draining:
                raise
            await self._failed(job, RuntimeError("it was cancelled from within"), began)
        except Exception as error:  # noqa: BLE001 -- whatever a handler raises, the job is tried again
            await self._failed(job, RuntimeError("it ran for too long") if limit.expired() else error, began)
        else:
            _ended.inc(job.name, "done")
            self._done.append(job)

    async def _excused(self, job: Job, error: Exception, generation: int) -> bool:
        """Whether something else was away, so that the try does not count.

        A statement may kill its own connection, and one may always take too long: that is excused only so often.
        """
        away = isinstance(error, (Unavailable, *AWAY))
        if not away and isinstance(error, CUT):
            away = await self._listener.lost_since(generation)
        return away or (isinstance(error, UNREACHABLE) and job.excused < TROUBLES)

    async def _failed(self, job: Job, error: Exception, generation: int) -> None:
        excused = await self._excused(job, error, generation)
        message = fields.in_short(error)
        hold = isinstance(error, Hopeless) or (not excused and job.tries - job.excused >= TRIES)
        outcome = "held" if hold else "retried"
        _ended.inc(job.name, outcome)
        _log.warning(f"job.{outcome}", job=job.name, job_id=job.id, tries=job.tries, error=error)
        if hold:
            self._reports.add(claims.HOLD, job.id, job.tries, message)
        else:
            self._reports.add(claims.AGAIN, job.id, job.tries, pause(job.tries), int(excused), message)
        # Where this fails too, it is told when the database is back.
        with suppress(Exception):
            await self._reports.settle()

    async def _beat(self) -> None:
        """Renew the lease of what takes long, and tell the metrics."""
        watched = 0.0
        while True:
            with suppress(Exception):
                await self._renew()
                if time.monotonic() - watched >= WATCH_SECONDS:
                    (state,) = await self._listener.fetch(claims.STATE)
                    _held.set(state["held"])
                    _late.set(max(state["late"], 0))
                    watched = time.monotonic()
            await asyncio.sleep(LEASE_SECONDS / 4)

    async def _renew(self) -> None:
        old = [job for job, began in self._running.values() if time.monotonic() - began > LEASE_SECONDS / 4]
        if old:
            await self._listener.fetch(claims.RENEW, [job.id for job in old], [job.tries for job in old], LEASE_SECONDS)

    async def _drain(self) -> None:
        """Wait for what runs; hand the rest to a replica at once; report what is done."""
        if self._running:
            await asyncio.wait(self._running, timeout=DRAIN_SECONDS)
        self._draining = True
        left = [(task, job) for task, (job, _) in self._running.items()]
        for task, _ in left:
            task.cancel()
        if left:
            await asyncio.wait([task for task, _ in left])
        for _, job in left:
            self._reports.add(claims.AGAIN, job.id, job.tries, 0.0, 1, "its process was stopped")
        with suppress(Exception):
            async with asyncio.timeout(TELL_SECONDS):
                await self._reports.settle()
                await self._exchange(0, {})


def pause(tries: int) -> float:
    """Seconds until the next try: 1, 4, 16, then 60, each up to a quarter less so that jobs spread out."""
    return backoff.pause(tries, first=1.0, longest=LONGEST_PAUSE, factor=4.0)
