"""Does jobs (chassis.jobs): takes what is due, runs it, deletes it.

To take a job is to move its `run_at` on by a lease, so the jobs of a process that was killed become due again by
themselves. What this process enqueues it begins right after the commit, as long as it has places. One statement deletes
what is done, takes what is next and says when more will be due: an idle worker runs it then, when it is notified,
and at the latest after FLOOR_SECONDS, in case a notification was lost. That is less than a lease.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from typing import Any

from chassis import telemetry
from chassis.context import Context
from chassis.db.listener import Listener, wait_for
from chassis.jobs import CHANNEL, Hopeless, claims
from chassis.jobs.claims import Job, Places
from chassis.resilience import backoff, failpoints
from chassis.telemetry import fields
from chassis.worker.measures import ENDED, LASTED
from chassis.worker.reports import PendingReports

CONCURRENCY = 16
# A lease is renewed so often.
LEASE_SECONDS, BEAT_SECONDS = 20.0, 5.0
FLOOR_SECONDS, FIRST_TROUBLE_SECONDS, TROUBLE_SECONDS = 15.0, 1.0, 5.0
DRAIN_SECONDS, REPORT_SECONDS = 7.0, 3.0
# What is done is reported so much later, along with what comes next, unless more is known to wait.
GATHER_SECONDS = 0.1
# If more jobs wait than this process has places for, it notifies the other replicas, this often at most.
NOTIFY_SECONDS = 1.0
TRIES = 8
# So often, which is for more than an hour, a slow or contended database is blamed, and not the job that met it.
TROUBLES = 80
LONGEST_PAUSE = 60.0
# A handler that runs longer hangs. All that it may wait for has a limit of its own, far below.
LONGEST_RUN = 3600.0
_log = telemetry.logger(__name__)


class Worker:
    """Takes and runs the jobs of one process."""

    def __init__(self, ctx: Context[Any], listener: Listener) -> None:
        self._ctx = ctx
        self._listener = listener
        self._tasks = ctx.jobs.table.tasks
        self._own = str(ctx.jobs.worker_id)
        self._signal = listener.signal(CHANNEL, accepts=lambda payload: payload != self._own)
        # Jobs that a request enqueues must not run with what the request keeps in its context.
        self._context = copy_context()
        self._closing = self._draining = False
        self._busy = False
        self._notified_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._places = Places(list(self._tasks), CONCURRENCY)
        self._done: list[Job] = []
        self._reports = PendingReports(listener)
        for name in self._tasks:
            ENDED.start(name)
            LASTED.start(name)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do jobs for as long as the block lasts; at its end those at work have DRAIN_SECONDS to finish."""
        async with self._ctx.loops.running("jobs beat", self._beat):
            self._ctx.jobs.dispatch = self
            try:
                async with self._ctx.loops.running("jobs", self._work, stop=self._close):
                    yield
            finally:
                self._ctx.jobs.dispatch = None
                await self._drain()

    def _close(self) -> None:
        self._closing = True
        self._ctx.jobs.dispatch = None
        self._signal.notify()

    def reserve(self, name: str) -> float | None:
        """See chassis.jobs.Dispatch."""
        if self._places.keep(name):
            return LEASE_SECONDS
        self._busy = True
        return None

    def unreserve(self, name: str) -> None:
        """See chassis.jobs.Dispatch."""
        self._places.give_back(name)
        if self._busy:
            self._signal.notify()

    def begin(self, job: Job) -> None:
        """See chassis.jobs.Dispatch."""
        self._places.give_back(job.name)
        if self._closing:
            self._reports.add(claims.AGAIN, job.id, job.tries, 0.0, 1, "its process was stopped")
        else:
            self._start(job)

    def wake(self, seconds: float = 0.0) -> None:
        """See chassis.jobs.Dispatch."""
        if seconds < FLOOR_SECONDS:
            asyncio.get_running_loop().call_later(seconds, self._signal.notify)

    async def _work(self) -> None:
        failures = 0
        while not self._closing:
            notify = self._signal.next()
            room, rooms = self._places.free()
            try:
                await self._reports.settle()
                taken, next_in = await self._exchange(room, rooms)
                names = Counter(job.name for job in taken)
                self._busy = len(taken) == room or any(names[name] == rooms[name] for name in names)
                for job in taken:
                    self._start(job)
                await self._notify_replicas()
            except Exception as error:  # noqa: BLE001 -- the worker must outlive whatever goes wrong once
                failures += 1
                _log.warning("jobs.trouble", error=error)
                pause = backoff.pause(failures, first=FIRST_TROUBLE_SECONDS, longest=TROUBLE_SECONDS)
                await wait_for(self._signal.next(), pause)
                continue
            failures = 0
            await wait_for(notify, min(next_in, FLOOR_SECONDS * random.uniform(0.67, 1)))  # noqa: S311 -- no secret

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._run(job), name=f"job {job.name}", context=self._context.copy())
        self._places.running[task] = (job, time.monotonic())
        task.add_done_callback(self._ended)

    async def _notify_replicas(self) -> None:
        """Notify the replicas if there may be more jobs than this process has places for."""
        if self._busy and time.monotonic() - self._notified_at > NOTIFY_SECONDS:
            await self._listener.fetch("select pg_notify($1, $2)", CHANNEL, self._own)
            self._notified_at = time.monotonic()

    async def _exchange(self, room: int, rooms: dict[str, int]) -> tuple[list[Job], float]:
        """Report what is done, take what is due; seconds until more will be."""
        done, self._done = self._done, []
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._places.offered = True
        try:
            return await claims.exchange(self._listener, done, room, rooms, LEASE_SECONDS)
        except BaseException:
            self._done += done
            raise
        finally:
            self._places.offered = False

    def _ended(self, task: asyncio.Task[None]) -> None:
        job, _ = self._places.running.pop(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("job.lost", job=job.name, job_id=job.id, error=task.exception())
        if self._busy:
            self._signal.notify()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._signal.notify)

    async def _run(self, job: Job) -> None:
        telemetry.begin(job.trace, None)
        limit, began = asyncio.timeout(LONGEST_RUN), self._listener.generation
        if job.tries - job.excused > TRIES:
            await self._failed(job, RuntimeError("its process died at its last try"), began)
            return
        try:
            await failpoints.point("jobs.taken")
            async with limit:
                await self._handle(job)
            await failpoints.point("jobs.worked")
        except asyncio.CancelledError:
            if self._draining:
                raise
            await self._failed(job, RuntimeError("it was cancelled from within"), began)
        except Exception as error:  # noqa: BLE001 -- whatever a handler raises, the job is tried again
            await self._failed(job, RuntimeError("it ran for too long") if limit.expired() else error, began)
        else:
            ENDED.inc(job.name, "done")
            self._done.append(job)

    async def _handle(self, job: Job) -> None:
        task, began, outcome = self._tasks[job.name], time.perf_counter(), "failed"
        try:
            await task.handler(self._ctx, task.decode(job.payload))
            outcome = "done"
        finally:
            LASTED.observe(time.perf_counter() - began, job.name, outcome)

    async def _failed(self, job: Job, error: Exception, generation: int) -> None:
        excused = await claims.excused(self._listener, job, error, generation, TROUBLES)
        message = fields.in_short(error)
        hold = isinstance(error, Hopeless) or (not excused and job.tries - job.excused >= TRIES)
        outcome = "held" if hold else "retried"
        ENDED.inc(job.name, outcome)
        _log.warning(f"job.{outcome}", job=job.name, job_id=job.id, tries=job.tries, error=error)
        if hold:
            self._reports.add(claims.HOLD, job.id, job.tries, message)
        else:
            again = pause(job.tries)
            self._reports.add(claims.AGAIN, job.id, job.tries, again, int(excused), message)
            self.wake(again)
        # If this fails too, it is reported when the database is reachable again.
        with suppress(Exception):
            await self._reports.settle()

    async def _beat(self) -> None:
        """Renew the leases of long jobs."""
        while True:
            with suppress(Exception):
                ids, tries = self._places.renewals(BEAT_SECONDS)
                if ids:
                    await self._listener.fetch(claims.RENEW, ids, tries, LEASE_SECONDS)
            await asyncio.sleep(BEAT_SECONDS)

    async def _drain(self) -> None:
        """Wait for running jobs; report those done; make the others due at once and notify the replicas."""
        if self._places.running:
            await asyncio.wait(self._places.running, timeout=DRAIN_SECONDS)
        self._draining = True
        left = [(task, job) for task, (job, _) in self._places.running.items()]
        for task, _ in left:
            task.cancel()
        if left:
            await asyncio.wait([task for task, _ in left])
        for _, job in left:
            self._reports.add(claims.AGAIN, job.id, job.tries, 0.0, 1, "its process was stopped")
        with suppress(Exception):
            async with asyncio.timeout(REPORT_SECONDS):
                await self._reports.settle()
                await self._exchange(0, {})
                if left or self._busy:
                    await self._listener.fetch("select pg_notify($1, '')", CHANNEL)


def pause(tries: int) -> float:
    """Seconds until the next try: 1, 4, 16, then 60, each up to a quarter less so that jobs spread out."""
    return backoff.pause(tries, first=1.0, longest=LONGEST_PAUSE, factor=4.0)
