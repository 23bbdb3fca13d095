"""SQL of how often each limit refused, by the hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from chassis.db.transactions import ReadTx, WriteTx

# The rows in the order of their key: replicas write at the same time.
_ADD = """
insert into limits_hit (hour, limit_name, refused, last_at)
select date_trunc('hour', now()), limit_name, refused, now()
from unnest($1::text[], $2::bigint[]) as counted (limit_name, refused) order by limit_name
on conflict (hour, limit_name) do update
set refused = limits_hit.refused + excluded.refused, last_at = greatest(limits_hit.last_at, excluded.last_at)
"""
_OF_A_DAY = """
select limit_name as name, sum(refused)::bigint as last_day, max(last_at) as last_at,
    coalesce(sum(refused) filter (where hour = date_trunc('hour', now())), 0)::bigint as this_hour
from limits_hit where hour > now() - interval '24 hours' group by limit_name order by last_day desc, name limit $1
"""
_PRUNE = """
delete from limits_hit where (hour, limit_name) in (
    select hour, limit_name from limits_hit where hour < now() - interval '30 days' order by hour limit $1
)
"""


class LimitHit(msgspec.Struct, frozen=True):
    """A limit, and how often it refused within the last 24 hours."""

    name: str
    this_hour: int
    last_day: int
    last_at: datetime


async def add(tx: WriteTx, refused: Mapping[str, int]) -> None:
    """Add to the counts of this hour, by the limits' names."""
    names = sorted(refused)
    await tx.execute(_ADD, names, [refused[name] for name in names])


async def of_a_day(tx: ReadTx, most: int) -> list[LimitHit]:
    """The limits that refused within the last 24 hours, the busiest first."""
    return await tx.rows(LimitHit, _OF_A_DAY, most)


async def prune(tx: WriteTx, most: int) -> int:
    """Delete at most so many counts of before 30 days; how many."""
    return await tx.execute(_PRUNE, most)
