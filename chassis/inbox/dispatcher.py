"""Has events take effect: many in one transaction, and what fails alone, so that it can be set aside.

The move of the cursor is conditional on where it stood and on the lease's holder, in the transaction of the effects: of
two who believe that they hold the lease, one changes nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
import msgspec

from chassis import telemetry
from chassis.context import Context
from chassis.db import UNREACHABLE, WriteTx
from chassis.inbox import dead_letters
from chassis.inbox.consumer import PRODUCER, Consumer
from chassis.outbox import Event
from chassis.problems import Unavailable
from chassis.resilience import failpoints

LEASE_SECONDS = 15.0
# An event that was being handled alone when the process died so often is given up.
CRASHES = 3
# A handler that meets trouble (a timeout, a lock, a lost connection) so often is given smaller transactions, and after
# so often is taken to be at fault itself.
TROUBLE_ALONE, TROUBLE_FAILED = 3, 8

_SUSPECT = """
update inbox_cursor set suspect_tries = case when suspect = $3 then suspect_tries + 1 else 1 end, suspect = $3
where producer = $1 and holder = $2
returning suspect_tries
"""
_MOVE = """
update inbox_cursor set cursor = $4, moved_at = now(), leased_until = now() + make_interval(secs => $5),
    crashes = 0, keeping_up = coalesce($6 < 1.0, keeping_up),
    current_to = coalesce(now() - make_interval(secs => $6), current_to)
where producer = $1 and holder = $2 and cursor = $3
"""
# A statement of its own: it sees what those who had the cursor's row before us have committed.
_BEHIND = """
select aggregate || ':' || aggregate_id as subject, min(version) as version from inbox_dead
where producer = $1 and aggregate_id = any($2) group by 1
"""

_handled = telemetry.counter(
    "inbox_events",
    "Events by outcome: handled, skipped, failed, held",
    {"producer": PRODUCER, "outcome": ("handled", "skipped", "failed", "held")},
)
_ages = telemetry.histogram(
    "inbox_event_age_seconds",
    "How old an event was when it had taken effect",
    {"producer": PRODUCER},
    (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0, 3600.0),
)
_log = telemetry.logger(__name__)


class Lost(Exception):
    """Another replica holds the lease of this producer."""


# Not the fault of an event: the same again, later.
TRANSIENT: tuple[type[BaseException], ...] = (
    *UNREACHABLE,
    Unavailable,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
)
_PASS_ON: tuple[type[BaseException], ...] = (Lost, *TRANSIENT)


@dataclass
class Position:
    """Where this process stands in a producer's log, and the name under which it holds the lease."""

    producer: str
    holder: UUID = field(default_factory=uuid4)
    cursor: str = ""
    # Monotonic time of the last renewal; 0 asks for one now.
    renewed: float = 0.0
    # Whether the lease was ours when it was last asked for.
    held: bool = False
    # How often in a row a handler met trouble here.
    trouble: int = 0
    # The event that this process has begun to handle alone.
    suspect: str = ""
    # Whether the last turn went well and left nothing older than a second.
    keeping_up: bool = False
    # Monotonic time at which the producer had nothing more, unless events came since.
    at_end: float | None = None
    # The page at hand: the producer's time of it, and the monotonic time of its arrival.
    producer_time: datetime | None = None
    received: float = 0.0

    def age_of(self, event: Event) -> float:
        """Seconds since an event of the page at hand, by the producer's clock."""
        age = (self.producer_time - event.occurred_at).total_seconds() if self.producer_time else 0.0
        return max(age, 0.0) + time.monotonic() - self.received

    def reset(self, *, lost: bool = False) -> None:
        """Have the lease asked for again. `lost`: another replica holds it."""
        self.renewed, self.held, self.keeping_up = 0.0, False, False
        if lost:
            self.at_end = None


class _Behind(msgspec.Struct, frozen=True):
    """An aggregate that waits, from which version on."""

    subject: str
    version: int


class Dispatcher:
    """Applies the events of one consumer."""

    def __init__(self, ctx: Context[Any], consumer: Consumer, place: Position) -> None:
        self._ctx = ctx
        self._consumer = consumer
        self._place = place
        for metric in (_handled, _ages, dead_letters.RETRIED):
            metric.start(consumer.producer)

    async def apply(self, events: Sequence[Event], *, careful: bool) -> None:
        """All at once; where that fails, what came before the failing one, that one alone, and so on."""
        if careful:
            for event in events:
                await self._alone(event)
            return
        alone = self._place.trouble >= TROUBLE_ALONE
        todo = [[event] for event in reversed(events)] if alone else [list(events)]
        while todo:
            batch = todo.pop()
            failed = await self._apply(batch)
            if failed is None:
                continue
            index, error = failed
            if len(batch) == 1:
                await self._park(batch[0], error)
                continue
            # A failure at the commit does not name the event at fault: halve.
            parts = [batch[:index], batch[index : index + 1], batch[index + 1 :]]
            if index == len(batch):
                parts = [batch[: index // 2], batch[index // 2 :]]
            todo += [part for part in reversed(parts) if part]

    async def _apply(self, events: Sequence[Event]) -> tuple[int, Exception] | None:
        """Move the cursor over these events and have them take effect; or which one failed, and how."""
        index = 0
        handled = held = 0
        working = False
        try:
            async with self._ctx.db.write() as tx:
                behind = await self._move(tx, events, events[-1].id, self._place.age_of(events[-1]))
                working = True
                for index, event in enumerate(events):  # noqa: B007 -- told to the caller
                    if event.version >= behind.get(event.subject, math.inf):
                        await dead_letters.set_aside(tx, self._place.producer, event, dead_letters.HELD)
                        held += 1
                    elif self._consumer.handles(event):
                        await self._consumer.handle(self._ctx, tx, event)
                        handled += 1
                index, working = len(events), False
                await failpoints.point("inbox.before_commit")
        except _PASS_ON as error:
            self._place.trouble += working
            if working and len(events) == 1 and self._place.trouble >= TROUBLE_FAILED:
                return index, cast("Exception", error)
            raise
        except Exception as error:  # noqa: BLE001 -- a handler may raise anything; its event is set aside
            return index, error
        await failpoints.point("inbox.after_commit")
        for event in events:
            _ages.observe(self._place.age_of(event), self._place.producer)
        self._place.cursor = events[-1].id
        self._place.trouble = 0
        for outcome, count in (
            ("handled", handled),
            ("held", held),
            ("skipped", len(events) - handled - held),
        ):
            if count:
                _handled.inc(self._place.producer, outcome, by=count)
        return None

    async def pass_over(self, cursor: str) -> None:
        """Move on over events that are of no type handled here."""
        place = self._place
        async with self._ctx.db.write_one() as tx:
            await self._move(tx, [], cursor, None if place.at_end is None else time.monotonic() - place.at_end)
        place.cursor = cursor

    async def _move(self, tx: WriteTx, events: Sequence[Event], cursor: str, age: float | None) -> dict[str, int]:
        """The version of the first event set aside, of each of the events' aggregates that has one: its later events
        wait behind it. Locks the cursor until the end of `tx`.

        `age`: seconds since what the cursor stands at; None where that is not known.
        """
        place = self._place
        if not await tx.execute(_MOVE, place.producer, place.holder, place.cursor, cursor, LEASE_SECONDS, age):
            raise Lost
        if not events:
            return {}
        ids = list({event.aggregate_id for event in events})
        found = await tx.rows(_Behind, _BEHIND, place.producer, ids)
        return {row.subject: row.version for row in found}

    async def _park(self, event: Event, error: Exception, *, dead: bool = False) -> None:
        """Set an event aside, to be tried again unless it is `dead`, and go on."""
        _handled.inc(self._place.producer, "failed")
        _log.warning(
            "inbox.set_aside", producer=self._place.producer, event_type=event.type, event_id=event.id, error=error
        )
        async with self._ctx.db.write() as tx:
            await self._move(tx, [event], event.id, self._place.age_of(event))
            state = dead_letters.DEAD if dead else dead_letters.RETRYING
            await dead_letters.set_aside(tx, self._place.producer, event, state, error)
        self._place.cursor = event.id
        self._place.trouble = 0
        self._place.renewed = 0.0

    async def _alone(self, event: Event) -> None:
        """Handle an event after a crash: it is counted first, in case it is what killed the process."""
        tries = 0
        if self._place.suspect != event.id:  # once a process: one that met trouble and lives has not died of it
            async with self._ctx.db.write_one() as tx:
                tries = await tx.value(_SUSPECT, self._place.producer, self._place.holder, event.id)
            if tries is None:
                raise Lost
            self._place.suspect = event.id
        if tries > CRASHES:
            await self._park(event, RuntimeError("the process died while handling it"), dead=True)
        else:
            failed = await self._apply([event])
            if failed is not None:
                await self._park(event, failed[1])
