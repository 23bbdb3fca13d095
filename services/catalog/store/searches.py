"""Searches that found nothing: how many by day and term. No row says who searched, or when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chassis.db import ReadTx, WriteTx

# Where somebody searches for what nobody else does, a day has about so many terms: the others are not counted.
MOST_TERMS = 10_000
KEPT_DAYS = 35
ANY_OLD = f"exists (select from searches_without_result where day < current_date - {KEPT_DAYS})"
_COUNT = """
insert into searches_without_result as kept (day, term, searches)
select today, term, searches
from unnest($1::text[], $2::bigint[]) as counted (term, searches),
    (select (now() at time zone 'utc')::date) as of (today)
where exists (select from searches_without_result s where s.day = today and s.term = counted.term)
   or (select count(*) from searches_without_result s where s.day = today) < $3
order by term
on conflict (day, term) do update set searches = kept.searches + excluded.searches
"""
_MOST = """
select term, sum(searches)::bigint as searches from searches_without_result
where day between $1 and $2 group by term having sum(searches) >= $3 order by 2 desc, 1 limit $4
"""
_FORGET = """
with gone as (
    delete from searches_without_result where (day, term) in (
        select day, term from searches_without_result where day < current_date - $1::bigint::integer limit $2
    ) returning 1
)
select count(*) from gone
"""


@dataclass(frozen=True, slots=True)
class SearchedTerm:
    """A term and how many searches for it found nothing."""

    term: str
    searches: int


async def add(tx: WriteTx, counts: Mapping[str, int]) -> None:
    """Add these searches, by term, to those of today."""
    await tx.execute(_COUNT, list(counts), list(counts.values()), MOST_TERMS)


async def most(tx: ReadTx, first: date, last: date, *, least: int, limit: int) -> list[SearchedTerm]:
    """What was searched for in vain most often, both days included; at least so many times."""
    found: list[SearchedTerm] = await tx.rows(SearchedTerm, _MOST, first, last, least, limit)
    return found


async def forget(tx: WriteTx, limit: int) -> int:
    """Delete at most so many rows that are too old; how many."""
    deleted: int = await tx.value(_FORGET, KEPT_DAYS, limit)
    return deleted
