"""A worker's share of the table of jobs: the SQL of its taking and giving back, and its places for each name."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from chassis.db import AWAY, CUT, UNREACHABLE
from chassis.db.listener import Listener
from chassis.problems import Unavailable

# Of one name a worker runs so many: a mail server that says nothing must not keep other work from being done.
OF_ONE_NAME = 8

# A done job is deleted, even if another process has taken it meanwhile. Arrays instead of joins: the plan stays an
# index scan of each name, however many rows the planner expects. There is always a row: it says when the next job is
# due, which may be that of a process that has died.
EXCHANGE = """
with done as (delete from jobs where id = any($1::bigint[])),
taken as (
    update jobs set tries = tries + 1, run_at = now() + make_interval(secs => $4)
    where id = any(array(
        select due.id from unnest($2::text[], $5::bigint[]) as mine (name, room) cross join lateral (
            select id, run_at from jobs
            where held_at is null and run_at <= now() and jobs.name = mine.name
            order by run_at limit mine.room for update skip locked
        ) as due
        order by due.run_at limit $3
    ))
    returning id, name, payload::text as payload, tries, excused, trace
),
next as (
    select min(first.run_at) as run_at from unnest($2::text[]) as mine (name) cross join lateral (
        select run_at from jobs
        where held_at is null and run_at > now() and jobs.name = mine.name and id <> all($1::bigint[])
        order by run_at limit 1
    ) as first
)
select taken.*, extract(epoch from next.run_at - now())::float as next_in from next left join taken on true
"""
RENEW = """
update jobs set run_at = now() + make_interval(secs => $3)
from unnest($1::bigint[], $2::bigint[]) as ours (id, tries) where jobs.id = ours.id and jobs.tries = ours.tries
"""
# Reported late, after an outage of the database, the job may be taken by another process: its excused tries stay.
AGAIN = """
update jobs set run_at = case when tries = $2 then now() + make_interval(secs => $3) else run_at end,
    excused = excused + $4, error = $5
where id = $1 and tries >= $2 and held_at is null
"""
HOLD = "update jobs set held_at = now(), error = $3 where id = $1 and tries = $2"


class Job(msgspec.Struct, frozen=True):
    """A job taken by this process."""

    id: int
    name: str
    payload: str
    tries: int
    excused: int
    trace: str | None


async def exchange(
    listener: Listener, done: Sequence[Job], room: int, rooms: Mapping[str, int], lease: float
) -> tuple[list[Job], float]:
    """Report what is done and take what is due, for so many seconds; seconds until more will be."""
    arguments = [job.id for job in done], list(rooms), room, lease, list(rooms.values())
    rows = await listener.fetch(EXCHANGE, *arguments)
    next_in = rows[0]["next_in"]
    taken = [Job(*list(row.values())[:-1]) for row in rows if row["id"] is not None]
    return taken, math.inf if next_in is None else max(next_in, 0.0)


async def excused(listener: Listener, job: Job, error: Exception, generation: int, troubles: int) -> bool:
    """Whether something else was away, so that the try does not count. `generation`: the connection's at its begin.

    A statement may kill its own connection, and one may always take too long: that is excused only `troubles` times.
    """
    away = isinstance(error, (Unavailable, *AWAY))
    if not away and isinstance(error, CUT):
        away = await listener.lost_since(generation)
    return away or (isinstance(error, UNREACHABLE) and job.excused < troubles)


def places(names: Sequence[str], running: Mapping[str, int], free: int) -> dict[str, int]:
    """Of `free` places, how many each name may take. One stays for each other name of which nothing runs."""
    resting = sum(not running.get(name) for name in names)
    shares = {}
    for name in names:
        mine = running.get(name, 0)
        share = min(OF_ONE_NAME - mine, free - resting + (not mine))
        shares[name] = max(share, 0 if mine else min(free, 1))
    return shares


class Places:
    """The places of a worker: of jobs that run, and those kept for jobs whose transactions have not ended yet."""

    def __init__(self, names: Sequence[str], concurrency: int) -> None:
        self._names, self._concurrency = names, concurrency
        # Each with the monotonic time at which it began.
        self.running: dict[asyncio.Task[None], tuple[Job, float]] = {}
        self._kept = Counter[str]()
        # While due jobs are asked for, all free places are meant for them.
        self.offered = False

    def free(self) -> tuple[int, dict[str, int]]:
        """How many more jobs may run, in all and of each name."""
        taken = Counter(job.name for job, _ in self.running.values()) + self._kept
        free = max(self._concurrency - taken.total(), 0)
        return free, places(self._names, taken, free)

    def keep(self, name: str) -> bool:
        """Keep a place for a job of this name; whether one was free."""
        free, shares = self.free()
        if self.offered or not free or shares.get(name, 0) < 1:
            return False
        self._kept[name] += 1
        return True

    def give_back(self, name: str) -> None:
        """Keep it no longer."""
        self._kept[name] -= 1

    def renewals(self, age: float) -> tuple[list[int], list[int]]:
        """Ids and tries of the jobs that have run for so many seconds."""
        old = [job for job, began in self.running.values() if time.monotonic() - began > age]
        return [job.id for job in old], [job.tries for job in old]
