"""A service's work that has stopped until an operator decides: jobs held, events given up, logs not followed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx

MOST = 200

_JOBS = """
select id, name, tries, error, held_at as since from jobs where held_at is not null order by held_at, id limit $1
"""
# The oldest of each aggregate that is not tried again: the others wait behind it.
_EVENTS = """
select * from (
    select distinct on (producer, aggregate, aggregate_id)
        producer, event_id as id, type, aggregate, aggregate_id, version, state, tries, error, parked_at as since,
        count(*) over (partition by producer, aggregate, aggregate_id) - 1 as behind
    from inbox_dead order by producer, aggregate, aggregate_id, version
) head where state <> 'retrying' order by since, producer, id limit $1
"""
_STOPPED = "select producer, halted as reason, moved_at as since from inbox_cursor where halted is not null order by 1"
_COUNTS = """
select (select count(*) from jobs where held_at is not null) as jobs,
       (select count(*) from inbox_dead where state <> 'retrying') as events,
       (select count(*) from jobs where held_at is null and error is not null) as jobs_tried_again,
       (select count(*) from inbox_dead where state = 'retrying') as events_tried_again
"""


class HeldJob(msgspec.Struct, frozen=True):
    """A job given up after its tries, or at once."""

    id: int
    name: str
    tries: int
    error: str | None
    since: datetime


class HeldEvent(msgspec.Struct, frozen=True):
    """The first event of an aggregate that is not tried any more, and how many wait behind it."""

    producer: str
    id: str
    type: str
    aggregate: str
    aggregate_id: UUID
    version: int
    state: str
    tries: int
    error: str | None
    since: datetime
    behind: int


class Stopped(msgspec.Struct, frozen=True):
    """A producer that is not followed any more, and why."""

    producer: str
    reason: str
    since: datetime


class Counts(msgspec.Struct, frozen=True):
    """All that is held, and what is tried again by itself."""

    jobs: int
    events: int
    jobs_tried_again: int
    events_tried_again: int


class Held(msgspec.Struct, frozen=True):
    """At most MOST jobs and MOST events, the oldest first, and how many there are in all."""

    jobs: list[HeldJob]
    events: list[HeldEvent]
    stopped: list[Stopped]
    counts: Counts


async def look(tx: ReadTx) -> Held:
    """What is held at this moment."""
    counts = await tx.row(Counts, _COUNTS)
    assert counts is not None  # noqa: S101 -- there is always one row
    return Held(
        await tx.rows(HeldJob, _JOBS, MOST),
        await tx.rows(HeldEvent, _EVENTS, MOST),
        await tx.rows(Stopped, _STOPPED),
        counts,
    )


def lines(held: Held) -> list[str]:
    """The same for a person."""
    counts = held.counts
    found = [_line(f"job {job.id}", job.name, job.tries, job.since, job.error) for job in held.jobs]
    for event in held.events:
        what = f"{event.type} from {event.producer}, {event.aggregate} {event.aggregate_id}, {event.behind} behind it"
        found.append(_line(f"event {event.id}", what, event.tries, event.since, event.error))
    found += [f"log of {log.producer}: not followed since {log.since:%F %T} UTC: {log.reason}" for log in held.stopped]
    if MOST in {len(held.jobs), len(held.events)}:
        found.append(f"... and more: {counts.jobs} jobs and {counts.events} events in all")
    if not found:
        found.append("Nothing is held.")
    if counts.jobs_tried_again or counts.events_tried_again:
        found.append(
            f"Being tried again, and needing nobody: {counts.jobs_tried_again} jobs, {counts.events_tried_again} events"
        )
    return found


def _line(what: str, about: str, tries: int, since: datetime, error: str | None) -> str:
    return f"{what}: {about}; {tries} tries, since {since:%F %T} UTC: {error or 'no error is known'}"
