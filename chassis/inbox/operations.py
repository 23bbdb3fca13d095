"""What an operator does with events that were given up: `python -m chassis.ops redrive`, `discard` and `restart`."""

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
_DISCARD = """
delete from inbox_dead where event_id = $1 and state = 'dead'
returning producer, aggregate, aggregate_id, version
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


async def redrive(tx: WriteTx, producer: str | None = None, only: str | None = None) -> int:
    """Try the events given up again: of one producer or of all, of all aggregates or of the one that `only` names by
    its id or by an event's; how many aggregates that sets going.
    """
    await tx.execute(_LOCK, producer)
    return await tx.execute(_REDRIVE, producer, only)


async def discard(tx: WriteTx, event_id: str) -> bool:
    """Delete an event that was given up: it never takes effect here, and the next one of its aggregate is tried.

    Whether there was such an event.
    """
    await tx.execute(_LOCK, None)
    gone = await tx.row(Discarded, _DISCARD, event_id)
    if gone is None:
        return False
    await tx.execute(dead_letters.NEXT, gone.producer, gone.aggregate, gone.aggregate_id)
    return True


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
