"""Facts that a service publishes, and the shape in which they travel.

A producer declares an `EventData` for each kind of fact. A consumer declares its own, with the fields it needs: unknown
fields are ignored, so that neither imports the other and a producer may add fields.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID

import msgspec


class EventData(msgspec.Struct, frozen=True):
    """What happened. Subclasses set `type`, such as "payment.authorised", which never changes its meaning. `handled`:
    whether a service of this repository does anything with it (`make docs` compares).
    """

    type: ClassVar[str]
    handled: ClassVar[bool] = True


class _EventRow(Protocol):
    """What every stored form of an event has: the log's row and a dead letter."""

    @property
    def type(self) -> str: ...
    @property
    def aggregate(self) -> str: ...
    @property
    def aggregate_id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def trace(self) -> str | None: ...


class Event(msgspec.Struct, frozen=True):
    """An event as the feed returns it.

    `id` is its place in the producer's log: the cursor of one who has read up to and with it. `version` counts the
    events of an aggregate from 1. `trace` is the request that caused it. `data` is JSON, decoded by the consumer.
    """

    id: str
    type: str
    aggregate: str
    aggregate_id: UUID
    version: int
    occurred_at: datetime
    trace: str | None
    data: msgspec.Raw

    @classmethod
    def of_row(cls, row: _EventRow, place: str, data: str) -> Event:
        """The event that a row holds, at this place of the log; `data`: its JSON."""
        subject = (row.aggregate, row.aggregate_id, row.version)
        return cls(place, row.type, *subject, row.occurred_at, row.trace, msgspec.Raw(data.encode()))

    @property
    def subject(self) -> str:
        """The aggregate that it is about, in one word: "payment:0192..."."""
        return f"{self.aggregate}:{self.aggregate_id}"


class FeedPage(msgspec.Struct, frozen=True):
    """Some events in order. `cursor` asks for those after them; `now` is the producer's clock. `held_since`: when the
    oldest event occurred that cannot be given yet, because a transaction still runs that may add one before it.
    """

    events: list[Event]
    cursor: str
    now: datetime
    held_since: datetime | None = None
