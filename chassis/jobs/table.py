"""Work to be done later, at least once: jobs enqueued in the transaction of their cause, and periodic work.

    jobs = JobTable()

    @jobs.task("orders.confirm")
    async def confirm(ctx: Context, payload: Confirm) -> None: ...

    @jobs.every(seconds=30, name="orders.expire")
    async def expire(ctx: Context) -> None: ...

A job that fails is tried again, later each time. After 8 tries, or at once where trying again cannot help (Hopeless),
it is held and counted until an operator acts: `python -m chassis.ops list`, then `release` or `discard`. Where
something else is down (chassis.problems.Unavailable), it is tried again without end.
Why this is not PgQueuer: docs/decisions/0004-jobs.md.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import uuid4

import msgspec

from chassis import telemetry
from chassis.db import WriteTx
from chassis.jobs.claims import Job

Handler = Callable[[Any, Any], Awaitable[None]]
Sweep = Callable[[Any], Awaitable[None]]

H = TypeVar("H", bound="Handler")
W = TypeVar("W", bound="Sweep")

CHANNEL = "jobs"
NO_DELAY = timedelta(0)

_ENQUEUE = """
insert into jobs (name, payload, trace, run_at, tries) values ($1, $2::text::jsonb, $3, now() + $4::interval, $5)
returning id
"""
# Notifies the other replicas, once a transaction however often this runs in it.
_ENQUEUE_AND_TELL = """
with job as (insert into jobs (name, payload, trace) values ($1, $2::text::jsonb, $3))
select pg_notify('jobs', $4)
"""
_ENQUEUE_MANY = """
with added as (insert into jobs (name, payload, trace) select $1, payload::jsonb, $3 from unnest($2::text[]) payload)
select pg_notify('jobs', '')
"""

_RELEASE = """
with released as (
    update jobs set held_at = null, run_at = now(), excused = tries
    where held_at is not null and ($1::text is null or name = $1) and ($2::bigint is null or id = $2)
    returning 1
)
select count(*) as released, pg_notify('jobs', '') from released
"""


class Hopeless(Exception):
    """Raised by a handler where trying again cannot help: its job is held at once, for an operator."""


@dataclass(frozen=True)
class Task:
    """A kind of job: what does it, and the shape of its payload."""

    name: str
    handler: Handler
    payload: type[Any]
    decode: Callable[[str], Any]


@dataclass(frozen=True)
class Periodic:
    """Work done every so many seconds by one of the replicas; `when`: an SQL condition, whether there is any."""

    name: str
    seconds: float
    sweep: Sweep
    when: str | None = None


class JobTable:
    """The kinds of work that a service does."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.periodic: dict[str, Periodic] = {}

    def task(self, name: str) -> Callable[[H], H]:
        """Register `async def handler(ctx, payload: SomeStruct)`. It may run more than once for a job."""

        def register(handler: H) -> H:
            _unused(name, self.tasks)
            payload = _payload_of(handler)
            self.tasks[name] = Task(name, handler, payload, msgspec.json.Decoder(payload).decode)
            return handler

        return register

    def every(self, *, seconds: float, name: str, when: str | None = None) -> Callable[[W], W]:
        """Register `async def sweep(ctx)`: run at most one at a time, so many seconds after the last one ended.

        `when` is an SQL condition without parameters, such as "exists (select from orders where due_at <= now())".
        Where it does not hold, the work rests and is asked again after so many seconds, for at most 20 seconds.
        """

        def register(sweep: W) -> W:
            _unused(name, self.periodic)
            self.periodic[name] = Periodic(name, seconds, sweep, when)
            return sweep

        return register


class Dispatch(Protocol):
    """What does jobs in this process (chassis.worker), as far as enqueuing needs it."""

    def reserve(self, name: str) -> float | None:
        """Keep a place for a job of this name; its lease in seconds, or None where no place is free."""

    def unreserve(self, name: str) -> None:
        """Give a place back that was kept."""

    def begin(self, job: Job) -> None:
        """Do a job that has been enqueued as taken by this process, in the place kept for it."""

    def wake(self, seconds: float = 0.0) -> None:
        """Look for work, now or after so many seconds."""


class Jobs:
    """Enqueues. What it enqueues is done by chassis.worker, in this process or a replica."""

    def __init__(self, table: JobTable | None = None) -> None:
        self.table = table or JobTable()
        self.worker_id = uuid4()
        self.dispatch: Dispatch | None = None

    async def enqueue(self, tx: WriteTx, name: str, payload: msgspec.Struct, delay: timedelta = NO_DELAY) -> None:
        """Have a job done once `tx` has committed, not before `delay`. Nothing happens if it rolls back.

        Where a place is free here, the job is enqueued as taken and begins right after the commit; the lease that all
        taken jobs have sees to it if this process dies first. Else the replicas are notified, once a transaction.

        Raises:
            TypeError: no such task here, or the payload is not its own.
        """
        task = self.table.tasks.get(name)
        if task is None or type(payload) is not task.payload:
            raise TypeError(f"no task {name!r} takes a {type(payload).__name__}")
        body = msgspec.json.encode(payload).decode()
        trace = telemetry.current_trace()[1] or None
        here = self.dispatch
        if delay > NO_DELAY:
            await tx.value(_ENQUEUE, name, body, trace, delay, 0)
            if here is not None:
                tx.after_commit(partial(here.wake, delay.total_seconds()))
        elif here is None or (lease := here.reserve(name)) is None:
            await tx.value(_ENQUEUE_AND_TELL, name, body, trace, str(self.worker_id))
            if here is not None:
                tx.after_commit(here.wake)
        else:
            await self._enqueue_taken(tx, here, Job(0, name, body, 1, 0, trace), lease)

    async def _enqueue_taken(self, tx: WriteTx, here: Dispatch, job: Job, lease: float) -> None:
        try:
            job_id = await tx.value(_ENQUEUE, job.name, job.payload, job.trace, timedelta(seconds=lease), job.tries)
        except BaseException:
            here.unreserve(job.name)
            raise
        begin = partial(here.begin, msgspec.structs.replace(job, id=job_id))
        tx.after_commit(begin, otherwise=partial(here.unreserve, job.name))


async def enqueue_many(tx: WriteTx, name: str, payloads: Sequence[msgspec.Struct]) -> None:
    """Have many jobs of one task done once `tx` has committed, from where there is no context: by the workers that know
    the task.
    """
    bodies = [msgspec.json.encode(payload).decode() for payload in payloads]
    await tx.execute(_ENQUEUE_MANY, name, bodies, telemetry.current_trace()[1] or None)


async def release(tx: WriteTx, name: str | None = None, job_id: int | None = None) -> int:
    """Do what was held after all, as if it had not been tried: all of it, of one name, or one job; how many."""
    released: int = await tx.value(_RELEASE, name, job_id)
    return released


async def discard(tx: WriteTx, job_id: int) -> str | None:
    """Give a held job up for good; its name, or None where there was none."""
    name: str | None = await tx.value("delete from jobs where id = $1 and held_at is not null returning name", job_id)
    return name


def _unused(name: str, table: dict[str, Any]) -> None:
    if name in table:
        raise ValueError(f"{name!r} is registered twice")


def _payload_of(handler: Handler) -> type[Any]:
    """The class in the annotation of the second parameter; the first one need not be known at run time."""
    parameters = list(inspect.signature(handler).parameters.values())
    annotation = parameters[1].annotation if len(parameters) == 2 else None
    if isinstance(annotation, str):
        names = getattr(inspect.unwrap(handler), "__globals__", {})
        annotation = eval(annotation, names)  # noqa: S307  # nosec B307 -- our own source's annotation
    if not (isinstance(annotation, type) and issubclass(annotation, msgspec.Struct)):
        raise TypeError(f"{handler} must take (ctx, payload: a msgspec.Struct)")
    return annotation
