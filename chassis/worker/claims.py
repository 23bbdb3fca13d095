"""A worker's share of the table of jobs: the SQL of its taking and giving back, and how many of each name it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

# Of one name a worker runs so many: a mail server that says nothing must not keep other work from being done.
OF_ONE_NAME = 8

# What is done is deleted, whoever else may have taken it meanwhile. Arrays instead of joins: the plan stays an index
# scan of each name, however many rows the planner expects.
EXCHANGE = """
with done as (delete from jobs where id = any($1::bigint[]))
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
"""
RENEW = """
update jobs set run_at = now() + make_interval(secs => $3)
from unnest($1::bigint[], $2::bigint[]) as ours (id, tries) where jobs.id = ours.id and jobs.tries = ours.tries
"""
# Told late, when the database is back, it may find the job taken by somebody else: what is excused stays so.
AGAIN = """
update jobs set run_at = case when tries = $2 then now() + make_interval(secs => $3) else run_at end,
    excused = excused + $4, error = $5
where id = $1 and tries >= $2 and held_at is null
"""
HOLD = "update jobs set held_at = now(), error = $3 where id = $1 and tries = $2"
STATE = """
select (select count(*) from jobs where held_at is not null)::float as held,
       coalesce(extract(epoch from now() - (select min(run_at) from jobs where held_at is null)), 0)::float as late
"""


class Job(msgspec.Struct, frozen=True):
    """A job taken by this process."""

    id: int
    name: str
    payload: str
    tries: int
    excused: int
    trace: str | None


def places(names: Sequence[str], running: Mapping[str, int], free: int) -> dict[str, int]:
    """Of `free` places, how many each name may take. One stays for each other name of which nothing runs."""
    resting = sum(not running.get(name) for name in names)
    shares = {}
    for name in names:
        mine = running.get(name, 0)
        share = min(OF_ONE_NAME - mine, free - resting + (not mine))
        shares[name] = max(share, 0 if mine else min(free, 1))
    return shares
