"""A part of the chain of the audit log, and the lines of a page: whether they are as they were written."""

from __future__ import annotations

from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from chassis.db import ReadTx
from chassis.ops.chained import PLACES, TEXT, Place, Unchained, faults_of, overdue

AT_ONCE = 2_000
State: TypeAlias = Literal["as-written", "changed", "not-yet"]
_OF_LINES = f"""
select line.id, line.occurred_at < now() - interval '1 hour' as overdue, {TEXT} as text,
    chain.position, chain.hash, chain.chained_at < now() - interval '399 days' as may_be_first,
    earlier.hash as hash_before
from audit_lines line
left join audit_chain chain on chain.line_id = line.id
left join audit_chain earlier on earlier.position = chain.position - 1
where line.id = any($1)
"""
# Lines are found by their ids, which are in the order of time: the whole log is read by the command alone.
_UNCHAINED = """
select count(*) as lines, min(occurred_at) as oldest from (
    select id, occurred_at from audit_lines where occurred_at < now() - interval '1 hour' order by id desc limit $1
) newest
-- By the index for each: joined, the whole chain would be read.
where (select true from audit_chain where line_id = newest.id) is null
"""
_HEAD = "select position, encode(hash, 'hex') as hash from audit_chain order by position desc limit 1"


class _Line(msgspec.Struct, frozen=True):
    id: UUID
    overdue: bool
    text: str
    position: int | None
    hash: bytes | None
    may_be_first: bool | None
    hash_before: bytes | None


class Head(msgspec.Struct, frozen=True):
    """The newest place and its hash."""

    position: int
    hash: str


class Part(msgspec.Struct, frozen=True):
    """Places that were looked at, and what is wrong with them. `earlier`: whether there are places before them."""

    first: int
    last: int
    faults: list[str]
    earlier: bool


async def states(tx: ReadTx, ids: list[UUID]) -> dict[UUID, State]:
    """Of each of these lines, whether it is as it was written, by its hash and the one before."""
    return {line.id: _state(line) for line in await tx.rows(_Line, _OF_LINES, ids)}


def _state(line: _Line) -> State:
    if line.position is None or line.hash is None:
        return "changed" if line.overdue else "not-yet"
    place = Place(line.position, line.hash, line.text, line_may_be_gone=False, may_be_first=bool(line.may_be_first))
    before = None
    if line.hash_before is not None:
        before = Place(line.position - 1, line.hash_before, None, line_may_be_gone=True, may_be_first=True)
    return "changed" if faults_of(before, place) else "as-written"


async def head(tx: ReadTx) -> Head | None:
    """The newest place; None where nothing is chained yet."""
    return await tx.row(Head, _HEAD)


async def unchained(tx: ReadTx) -> list[str]:
    """What is wrong about lines that have no place, of the newest AT_ONCE that should have one."""
    return overdue(await tx.row(Unchained, _UNCHAINED, AT_ONCE))


async def part(tx: ReadTx, last: int) -> Part:
    """At most AT_ONCE places up to this one."""
    first = max(1, last - AT_ONCE + 1)
    # With the place before, whose hash is needed.
    found = await tx.rows(Place, PLACES, max(1, first - 1), last - first + 1 + (first > 1))
    found = [place for place in found if place.position <= last]
    before = found.pop(0) if found and found[0].position < first else None
    if not found:
        return Part(first, last, [f"places {first} to {last} are gone"], earlier=before is not None)
    faults = [
        fault for earlier, place in zip([before, *found], found, strict=False) for fault in faults_of(earlier, place)
    ]
    if found[-1].position < last:
        faults.append(f"places {found[-1].position + 1} to {last} are gone")
    return Part(found[0].position, last, faults, earlier=before is not None)
