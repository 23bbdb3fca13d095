"""GET /internal/feed: this service's events in order, for the services that follow it.

A cursor is opaque to its reader: the log's epoch, the place of the last event read, and a mark of that event. It is
good while that event is in this log, so a reader goes on over a failover and notices a restore to a time before it
(docs/decisions/0009-restored-logs.md). A reader that is up to date waits for the next event (long poll), which NOTIFY
announces. It may ask for some types only: the cursor passes over the others.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handler.
"""

import asyncio
import re
import time
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Response

from chassis import auth, outbox
from chassis.context import Context, context
from chassis.db import Database
from chassis.db.listener import Listener, Signal, wait_for
from chassis.outbox.events import Event, FeedPage
from chassis.problems import Conflict, FieldError, Invalid

LONGEST_WAIT = 20.0
PAGE_BYTES = 1_000_000
_FIRST_LOOK_AGAIN, _LONGEST_LOOK_AGAIN = 0.005, 0.25
_BEGINNING = (0, 0)
_DECIDE = (
    "Decide whether it does no harm to handle again all that is kept; if so, run where the poller runs: "
    "python -m chassis.ops restart PRODUCER --yes"
)
# The mark is missing from cursors that were given before there was one.
_CURSOR = re.compile(r"([0-9a-f]{32})\.([0-9]{1,19})\.([0-9]{1,18})(?:\.([0-9a-f]{8}))?")

# Settled: no transaction that is still running can add a row before this one. Rows are in order, so the settled ones
# come first; the first unsettled one says that there will be more soon.
_READ = """
select log.epoch, log.pruned_xid::text::bigint as pruned_xid, log.pruned_id, now() as now,
       last.aggregate_id as last_aggregate_id, last.version as last_version, last.occurred_at as last_occurred_at,
       event.xid::text::bigint as xid, event.id, event.type, event.aggregate, event.aggregate_id, event.version,
       event.occurred_at, event.trace, case when event.wanted then event.data::text end as data,
       event.xid < pg_snapshot_xmin(pg_current_snapshot()) as settled
from outbox_log log
left join outbox last on (last.xid, last.id) = ($1::text::xid8, $2)
left join lateral (
    select *, $4::text[] is null or type = any($4) as wanted
    from outbox where (xid, id) > ($1::text::xid8, $2) order by xid, id limit $3
) event on true
order by event.xid, event.id
"""


class FeedEpochChanged(Conflict):
    """409: the cursor was given out by a log that this one does not continue.

    What to do: Follow the log from its beginning again: what was read may have been taken back.
    """

    type, title = "feed-epoch-changed", "This cursor belongs to another log"


class FeedPruned(Conflict):
    """409: events that a poller has not read were deleted for their age.

    What to do: Read the present state from the service's API, then follow the log from its beginning.
    """

    type, title = "feed-pruned", "Events after this cursor have been deleted"


class Waiting:
    """The long polls of this process."""

    def __init__(self, signal: Signal, listener: Listener) -> None:
        self.signal = signal
        self.closed = False
        self._listener = listener
        self._epoch_of: int | None = None

    def close(self) -> None:
        """End all long polls."""
        self.closed = True
        self.signal.notify()

    async def check_epoch(self, db: Database) -> None:
        """Once for each connection made: the database behind it may have become another one."""
        if self._epoch_of != self._listener.generation:
            generation = self._listener.generation
            await outbox.check_epoch(db)
            self._epoch_of = generation


class _Place(msgspec.Struct, frozen=True):
    """A cursor, read: the event that it names is at (xid, id)."""

    epoch: str
    event: tuple[int, int]
    mark: str | None


class _Row(msgspec.Struct):
    """The log, and one event of it or none."""

    epoch: str
    pruned_xid: int
    pruned_id: int
    now: datetime
    last_aggregate_id: UUID | None  # the event that the cursor names, if it is here
    last_version: int | None
    last_occurred_at: datetime | None
    xid: int | None
    id: int | None
    type: str
    aggregate: str
    aggregate_id: UUID
    version: int
    occurred_at: datetime
    trace: str | None
    data: str | None  # None for a type that was not asked for
    settled: bool | None

    @property
    def place(self) -> str:
        return f"{self.epoch}.{self.xid}.{self.id}.{_mark(self.aggregate_id, self.version, self.occurred_at)}"

    def knows(self, place: _Place) -> bool:
        """Whether the event that a cursor names is in this log, or was the last one deleted from it."""
        if self.last_aggregate_id is None or self.last_version is None or self.last_occurred_at is None:
            # 0: what was deleted last was not noted down yet.
            return place.event[0] == self.pruned_xid and self.pruned_id in {0, place.event[1]}
        return place.mark in {None, _mark(self.last_aggregate_id, self.last_version, self.last_occurred_at)}

    def event(self, data: str) -> Event:
        return Event.of_row(self, self.place, data)


class Reading(msgspec.Struct, frozen=True):
    """A page, and where the log goes on after it."""

    page: FeedPage
    more: bool  # there are settled events after it
    pending: bool  # there are others, which a transaction that still runs may be followed by


async def read(db: Database, after: str, limit: int, types: Sequence[str] | None = None) -> Reading:
    """A page of the events after a cursor ("" is the beginning), of `limit` looked at those of these types.

    Raises:
        Invalid: not a cursor. FeedEpochChanged: the event that it names is not in this log, as after a restore.
        FeedPruned: what follows the cursor is gone.
    """
    place = _place(after)
    async with db.read() as tx:
        rows = await tx.rows(_Row, _READ, str(place.event[0]), place.event[1], limit, types)
    log = rows[0]
    if after and place.epoch == log.epoch and place.event < (log.pruned_xid, log.pruned_id):
        raise FeedPruned(f"Events are kept for 7 days. {_DECIDE}")
    if after and (place.epoch != log.epoch or not log.knows(place)):
        raise FeedEpochChanged(f"The log was restored or moved, and lacks the event of this cursor. {_DECIDE}")
    settled = [row for row in rows if row.settled]
    held_since = next((row.occurred_at for row in rows if row.settled is False), None)
    page = _page(settled, after, log.now, held_since)
    more = len(settled) == limit or (bool(settled) and page.cursor != settled[-1].place)
    return Reading(page, more, pending=held_since is not None)


def _page(rows: list[_Row], after: str, now: datetime, held_since: datetime | None) -> FeedPage:
    """As many of the rows as fit into one answer; one at least."""
    events: list[Event] = []
    cursor, size = after, 0
    for row in rows:
        if row.data is not None:
            size += len(row.data)
            if events and size > PAGE_BYTES:
                break
            events.append(row.event(row.data))
        cursor = row.place
    return FeedPage(events, cursor, now, held_since)


def _place(cursor: str) -> _Place:
    if not cursor:
        return _Place("", _BEGINNING, None)
    match = _CURSOR.fullmatch(cursor)
    if match is None or int(match[2]) >= 2**63:
        raise Invalid(errors=[FieldError("query.after", "This is not a cursor of this feed")])
    return _Place(match[1], (int(match[2]), int(match[3])), match[4])


def _mark(aggregate_id: UUID, version: int, occurred_at: datetime) -> str:
    """A checksum that differs for another event that has the same place after a restore."""
    return f"{zlib.crc32(f'{aggregate_id} {version} {occurred_at.isoformat()}'.encode()):08x}"


async def poll(ctx: Context[Any], after: str, limit: int, wait: float, types: Sequence[str] | None = None) -> FeedPage:
    """As `read`, but where there is nothing yet, wait so many seconds for it."""
    waiting = ctx.get(Waiting)
    await waiting.check_epoch(ctx.db)
    deadline = time.monotonic() + wait
    pause = _FIRST_LOOK_AGAIN
    while True:
        notify = waiting.signal.next()
        found = await read(ctx.db, after, limit, types)
        after = found.page.cursor
        left = deadline - time.monotonic()
        if found.page.events or left <= 0 or waiting.closed:
            return found.page
        if found.more:
            continue
        if found.pending:
            # An older transaction still runs, and its end is not announced.
            await asyncio.sleep(min(pause, left))
            pause = min(pause * 2, _LONGEST_LOOK_AGAIN)
        else:
            if not await wait_for(notify, left):
                deadline = 0.0  # a timer may be early; this was the wait
            pause = _FIRST_LOOK_AGAIN


def router() -> APIRouter:
    """The route, for callers that may read the feed."""
    routes = auth.internal_router("feed")

    @routes.get("/feed")
    async def feed(
        ctx: Annotated[Any, Depends(context)],
        after: Annotated[str, Query(max_length=100)] = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 500,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
        types: Annotated[str, Query(pattern=r"^[a-z_.,]*$", max_length=2_000)] = "",
    ) -> Response:
        page = await poll(ctx, after, limit, wait, types.split(",") if types else None)
        return Response(msgspec.json.encode(page), media_type="application/json")

    return routes
