"""Events set aside: retried in the order of their aggregate, given up after 8 tries."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from chassis import faults, telemetry
from chassis.db import UNREACHABLE
from chassis.events import Event
from chassis.telemetry import fields

if TYPE_CHECKING:
    from chassis.context import Context
    from chassis.db import WriteTx
    from chassis.inbox import Consumer

TRIES = 8
AT_ONCE = 50
# Of an event set aside: due again; waiting behind an earlier one of its aggregate; given up.
RETRYING, HELD, DEAD = "retrying", "held", "dead"

_PARK = """
insert into inbox_dead (producer, aggregate, aggregate_id, version, event_id, type, occurred_at, trace, data,
                        state, tries, retry_at, error)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb,
        $10, $11, case when $10 = 'retrying' then now() + interval '1 second' end, $12)
"""
# The try is counted before it is made: an event may kill the process.
_DUE = """
update inbox_dead set tries = tries + 1, retry_at = now() + make_interval(secs => least(2.0 ^ (tries + 1), 60))
where (producer, aggregate, aggregate_id, version) in (
    select producer, aggregate, aggregate_id, version from inbox_dead
    where producer = $1 and state = 'retrying' and retry_at <= now() order by retry_at limit $2
)
returning event_id as id, type, aggregate, aggregate_id, version, occurred_at, trace, data::text as data, tries
"""
_OURS = "select true from inbox_cursor where producer = $1 and holder = $2 for update"
_DONE = """
delete from inbox_dead where producer = $1 and aggregate = $2 and aggregate_id = $3 and version = $4
  and state = 'retrying'
"""
_NEXT = """
update inbox_dead set state = 'retrying', retry_at = now(), tries = 0
where (producer, aggregate, aggregate_id, version) = (
    select producer, aggregate, aggregate_id, version from inbox_dead
    where producer = $1 and aggregate = $2 and aggregate_id = $3 order by version limit 1
)
"""
_FAILED = """
update inbox_dead set error = $5,
    state = case when tries >= $6 then 'dead' else state end, retry_at = case when tries < $6 then retry_at end
where producer = $1 and aggregate = $2 and aggregate_id = $3 and version = $4 and state = 'retrying'
"""

_retried = telemetry.counter(
    "inbox_retries", "Retries of events set aside: handled, failed, dead", ("producer", "outcome")
)
_log = telemetry.logger(__name__)


class Parked(msgspec.Struct, frozen=True):
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

    def event(self) -> Event:
        return Event(
            self.id,
            self.type,
            self.aggregate,
            self.aggregate_id,
            self.version,
            self.occurred_at,
            self.trace,
            msgspec.Raw(self.data.encode()),
        )


async def park(tx: WriteTx, producer: str, event: Event, state: str, error: Exception | None = None) -> None:
    """Set an event aside."""
    data = bytes(event.data).decode()
    subject = (producer, event.aggregate, event.aggregate_id, event.version, event.id, event.type)
    tries = 0 if state == HELD else 1
    message = None if error is None else _message(error)
    await tx.execute(_PARK, *subject, event.occurred_at, event.trace, data, state, tries, message)


async def retry(ctx: Context[Any], consumer: Consumer, holder: UUID) -> None:
    """Try what is due once, each in a transaction of its own that also keeps the lease's holder from changing."""
    async with ctx.db.write_one() as tx:
        due = await tx.rows(Parked, _DUE, consumer.producer, AT_ONCE)
    for parked in due:
        if parked.tries > TRIES:
            await _failed(ctx, consumer.producer, parked, RuntimeError("the process died at its last try"))
        else:
            await _retry(ctx, consumer, holder, parked)


async def _retry(ctx: Context[Any], consumer: Consumer, holder: UUID, parked: Parked) -> None:
    row = (consumer.producer, parked.aggregate, parked.aggregate_id, parked.version)
    try:
        async with ctx.db.write() as tx:
            if not await tx.value(_OURS, consumer.producer, holder) or not await tx.execute(_DONE, *row):
                return
            event = parked.event()
            if consumer.handles(event):
                await consumer.handle(ctx, tx, event)
            await tx.execute(_NEXT, *row[:3])
            await faults.point("inbox.before_commit")
    except UNREACHABLE:
        raise
    except Exception as error:  # noqa: BLE001 -- a handler may raise anything
        await _failed(ctx, consumer.producer, parked, error)
    else:
        _retried.inc(consumer.producer, "handled")


async def _failed(ctx: Context[Any], producer: str, parked: Parked, error: Exception) -> None:
    outcome = "dead" if parked.tries >= TRIES else "failed"
    _retried.inc(producer, outcome)
    _log.warning(f"inbox.{outcome}", producer=producer, event_type=parked.type, event_id=parked.id, error=error)
    async with ctx.db.write_one() as tx:
        await tx.execute(
            *(_FAILED, producer, parked.aggregate, parked.aggregate_id, parked.version),
            *(_message(error), TRIES),
        )


def _message(error: Exception) -> str:
    return f"{type(error).__name__}: {fields.scrub(str(error))}".replace("\0", "")
