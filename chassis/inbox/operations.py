"""What an operator does with events that were given up: `python -m chassis.ops redrive`, `discard` and `restart`, and
staff by the API (chassis.ops.api).
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis.db import WriteTx
from chassis.inbox import dead_letters

# Keeps the poller from applying or setting aside events during a change by hand.
_LOCK = "select from inbox_cursor where $1::text is null or producer = $1 order by producer for update"
# The oldest of each aggregate, whether it was given up or lost its head.
_REDRIVE = """
update inbox_dead set state = 'retrying', retry_at = now(), tries = 0, excused = 0
where state <> 'retrying' and (producer, aggregate, aggregate_id, version) in (
    select distinct on (producer, aggregate, aggregate_id) producer, aggregate, aggregate_id, version
    from inbox_dead
    where ($1::text is null or producer = $1)
      and ($2::text is null or (producer, aggregate, aggregate_id) in (
          select producer, aggregate, aggregate_id from inbox_dead where event_id = $2 or aggregate_id::text = $2))
    order by producer, aggregate, aggregate_id, version
)
"""
# Each service counts its own events, so that those of two may have the same id.
_WHOSE = """
select array(select distinct producer from inbox_dead
             where event_id = $1 and state = 'dead' and ($2::text is null or producer = $2) order by producer)
"""
_DISCARD = """
delete from inbox_dead where event_id = $1 and state = 'dead' and producer = $2
returning producer, aggregate, aggregate_id, version, type
"""
_RESTART = """
update inbox_cursor set cursor = '', halted = null, crashes = 0, suspect = null, suspect_tries = 0 where producer = $1
"""

_ALLOW_RESTART = "update inbox_cursor set restart_until = now() + interval '1 day'"


class Discarded(msgspec.Struct, frozen=True):
    """Where an event stood that was given up for good."""

    producer: str
    aggregate: str
    aggregate_id: UUID
    version: int
    type: str


class ManyProducers(ValueError):
    """Events of several services have this id, and none of them was named."""

    def __init__(self, producers: list[str]) -> None:
        super().__init__(f"Events of {' and '.join(producers)} have this id: say whose is meant")
        self.producers = producers


async def redrive(tx: WriteTx, producer: str | None = None, only: str | None = None) -> int:
    """Try the events given up again: of one producer or of all, of all aggregates or of the one that `only` names by
    its id or by an event's; how many aggregates that sets going.
    """
    await tx.execute(_LOCK, producer)
    return await tx.execute(_REDRIVE, producer, only)


async def discard(tx: WriteTx, event_id: str, producer: str | None = None) -> Discarded | None:
    """Delete an event that was given up: it never takes effect here, and the next one of its aggregate is tried.

    What it was; None where there was no such event.

    Raises:
        ManyProducers: several services have one of this id, and none of them is named.
    """
    await tx.execute(_LOCK, None)
    producers: list[str] = await tx.value(_WHOSE, event_id, producer)
    if len(producers) > 1:
        raise ManyProducers(producers)
    gone = await tx.row(Discarded, _DISCARD, event_id, producers[0]) if producers else None
    if gone is not None:
        await tx.execute(dead_letters.NEXT, gone.producer, gone.aggregate, gone.aggregate_id)
    return gone


async def restart(tx: WriteTx, producer: str) -> bool:
    """Follow a producer from the beginning of what it keeps (7 days), as after the restore of a database.

    What was handled before is handled again: make sure that it does no harm. Whether it is followed here at all.
    """
    return await tx.execute(_RESTART, producer) > 0


async def allow_restart(tx: WriteTx) -> None:
    """After a restore: a producer whose log, within a day, proves not to have the event that was read last is followed
    from its beginning by itself. Handlers do no harm if they handle an event again.
    """
    await tx.execute(_ALLOW_RESTART)
