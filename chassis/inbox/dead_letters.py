"""Events set aside: retried in the order of their aggregate, given up after 8 tries.

Of the events of one aggregate that are set aside, the oldest is the head: it is retried or given up, and the others are
held until it is done. An aggregate never loses its head in any other way.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis import telemetry
from chassis.context import Context
from chassis.db import UNREACHABLE, WriteTx
from chassis.inbox.consumer import PRODUCER, Consumer
from chassis.outbox import Event
from chassis.problems import Unavailable
from chassis.resilience import failpoints
from chassis.telemetry import fields

TRIES = 8
# So often, which is for more than an hour, the database is blamed for what a handler met, and not the event.
TROUBLES = 80
AT_ONCE = 50
# Of an event set aside: due again; waiting behind an earlier one of its aggregate; given up.
RETRYING, HELD, DEAD = "retrying", "held", "dead"

_SET_ASIDE = """
insert into inbox_dead (producer, aggregate, aggregate_id, version, event_id, type, occurred_at, trace, data,
                        state, tries, retry_at, error)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb,
        $10, $11, case when $10 = 'retrying' then now() + interval '1 second' end, $12)
on conflict (producer, aggregate, aggregate_id, version) do update set event_id = excluded.event_id,
    type = excluded.type, occurred_at = excluded.occurred_at, trace = excluded.trace, data = excluded.data
"""
# The try is counted just before it is made: an event may kill the process.
_DUE = """
update inbox_dead set tries = tries + 1, retry_at = now() + make_interval(secs => 2.0 ^ least(tries + 1, 6))
where (producer, aggregate, aggregate_id, version) in (
    select producer, aggregate, aggregate_id, version from inbox_dead
    where producer = $1 and state = 'retrying' and retry_at <= coalesce($2::timestamptz, now())
    order by retry_at limit 1 for update skip locked
)
returning event_id as id, type, aggregate, aggregate_id, version, occurred_at, trace, data::text as data, tries,
    excused, now() as taken_at
"""
_OURS = "select true from inbox_cursor where producer = $1 and holder = $2 for update"
_DONE = """
delete from inbox_dead where producer = $1 and aggregate = $2 and aggregate_id = $3 and version = $4
  and state = 'retrying'
"""
_EXCUSE = """
update inbox_dead set excused = excused + 1, error = $6
where producer = $1 and aggregate = $2 and aggregate_id = $3 and version = $4 and state = 'retrying' and tries = $5
"""
NEXT = """
update inbox_dead set state = 'retrying', retry_at = now(), tries = 0, excused = 0
where (producer, aggregate, aggregate_id, version) = (
    select producer, aggregate, aggregate_id, version from inbox_dead
    where producer = $1 and aggregate = $2 and aggregate_id = $3 order by version limit 1
)
"""
_FAILED = """
update inbox_dead set error = $5,
    state = case when tries - excused >= $6 then 'dead' else state end,
    retry_at = case when tries - excused < $6 then retry_at end
where producer = $1 and aggregate = $2 and aggregate_id = $3 and version = $4 and state = 'retrying'
"""

_OUTAGE: tuple[type[BaseException], ...] = (Unavailable, *UNREACHABLE)

RETRIED = telemetry.counter(
    "inbox_retries",
    "Retries of events set aside: handled, failed, dead",
    {"producer": PRODUCER, "outcome": ("handled", "failed", "dead")},
)
_log = telemetry.logger(__name__)


class DeadLetter(msgspec.Struct, frozen=True):
    """An event set aside, as its row holds it."""

    id: str
    type: str
    aggregate: str
    aggregate_id: UUID
    version: int
    occurred_at: datetime
    trace: str | None
    data: str
    tries: int
    excused: int
    taken_at: datetime

    @property
    def counted(self) -> int:
        """The tries that count, this one among them."""
        return self.tries - self.excused

    def event(self) -> Event:
        """The event as it was published."""
        return Event.of_row(self, self.id, self.data)


async def set_aside(tx: WriteTx, producer: str, event: Event, state: str, error: Exception | None = None) -> None:
    """Set an event aside. One that was before (the log is followed anew) keeps its state, and has this content now."""
    data = bytes(event.data).decode()
    subject = (producer, event.aggregate, event.aggregate_id, event.version, event.id, event.type)
    tries = 0 if state == HELD else 1
    message = None if error is None else fields.in_short(error)
    await tx.execute(_SET_ASIDE, *subject, event.occurred_at, event.trace, data, state, tries, message)


async def retry(ctx: Context[Any], consumer: Consumer, holder: UUID) -> None:
    """Try what is due now, one after the other, each in a transaction of its own that also keeps the lease's holder
    from changing. Ends at the first sign of an outage, which is no event's fault.
    """
    began: datetime | None = None
    for _ in range(AT_ONCE):
        async with ctx.db.write_one() as tx:
            letter = await tx.row(DeadLetter, _DUE, consumer.producer, began)
        if letter is None:
            return
        began = began or letter.taken_at
        if letter.counted > TRIES:
            await _failed(ctx, consumer.producer, letter, RuntimeError("the process died at its last try"))
        elif not await _retry(ctx, consumer, holder, letter):
            return


async def _retry(ctx: Context[Any], consumer: Consumer, holder: UUID, letter: DeadLetter) -> bool:
    """Whether to go on: the lease is still ours."""
    row = (consumer.producer, letter.aggregate, letter.aggregate_id, letter.version)
    try:
        async with ctx.db.write() as tx:
            ours = bool(await tx.value(_OURS, consumer.producer, holder))
            if ours and await tx.execute(_DONE, *row):
                event = letter.event()
                if consumer.handles(event):
                    await consumer.handle(ctx, tx, event)
                await tx.execute(NEXT, *row[:3])
                await failpoints.point("inbox.before_commit")
    except _OUTAGE as error:
        if letter.excused >= TROUBLES and not isinstance(error, Unavailable):
            await _failed(ctx, consumer.producer, letter, error)
            return True
        with suppress(*UNREACHABLE):
            await _excuse(ctx, consumer.producer, letter, error)
        raise
    except Exception as error:  # noqa: BLE001 -- a handler may raise anything
        await _failed(ctx, consumer.producer, letter, error)
        return True
    if not ours:
        await _excuse(ctx, consumer.producer, letter, RuntimeError("another replica took over"))
        return False
    RETRIED.inc(consumer.producer, "handled")
    return True


async def _excuse(ctx: Context[Any], producer: str, letter: DeadLetter, error: BaseException) -> None:
    row = (producer, letter.aggregate, letter.aggregate_id, letter.version)
    async with ctx.db.write_one() as tx:
        await tx.execute(_EXCUSE, *row, letter.tries, fields.in_short(error))


async def _failed(ctx: Context[Any], producer: str, letter: DeadLetter, error: BaseException) -> None:
    outcome = "dead" if letter.counted >= TRIES else "failed"
    RETRIED.inc(producer, outcome)
    _log.warning(f"inbox.{outcome}", producer=producer, event_type=letter.type, event_id=letter.id, error=error)
    async with ctx.db.write_one() as tx:
        await tx.execute(
            *(_FAILED, producer, letter.aggregate, letter.aggregate_id, letter.version),
            *(fields.in_short(error), TRIES),
        )
