"""Following another service: its events take effect here once each, in order, and survive any crash.

    payments = Consumer("payments")

    @payments.on(PaymentAuthorised)
    async def authorised(ctx: Context, tx: WriteTx, event: Event, data: PaymentAuthorised) -> None: ...

A handler runs in the transaction that moves the cursor. It calls nobody: it enqueues a job. An event whose handler
fails is set aside, with all later ones of its aggregate, and the others go on; it is tried again, later each time, and
given up after 8 tries, until somebody says `python -m chassis.ops redrive`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec

from chassis import telemetry
from chassis.inbox import dead_letters

if TYPE_CHECKING:
    from chassis.context import Context
    from chassis.db import WriteTx
    from chassis.outbox import Event, EventData

    Handler = Callable[[Any, WriteTx, Event, Any], Awaitable[None]]

H = TypeVar("H", bound="Handler")

# Whoever changes what is set aside by hand keeps the follower from applying or setting aside meanwhile.
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


class Discarded(msgspec.Struct, frozen=True):
    """Where an event stood that was given up for good."""

    producer: str
    aggregate: str
    aggregate_id: UUID
    version: int


class Consumer:
    """Handlers for the events of one producer, by type. Events of other types are passed over."""

    def __init__(self, producer: str) -> None:
        self.producer = producer
        self._handlers: dict[str, tuple[Handler, Callable[[bytes], Any]]] = {}

    def on(self, kind: type[EventData]) -> Callable[[H], H]:
        """Register the handler of an event type; `kind` holds the fields of its data that are needed here."""

        def register(handler: H) -> H:
            if kind.type in self._handlers:
                raise ValueError(f"{kind.type!r} has two handlers")
            self._handlers[kind.type] = (handler, msgspec.json.Decoder(kind).decode)
            return handler

        return register

    @property
    def types(self) -> list[str]:
        """The types that it handles."""
        return sorted(self._handlers)

    def handles(self, event: Event) -> bool:
        return event.type in self._handlers

    async def handle(self, ctx: Context[Any], tx: WriteTx, event: Event) -> None:
        """Have an event take effect in `tx`, with the trace of the request that caused it."""
        handler, decode = self._handlers[event.type]
        telemetry.begin(event.trace, None)
        await handler(ctx, tx, event, decode(bytes(event.data)))

    def running(self, ctx: Context[Any]) -> AbstractAsyncContextManager[None]:
        """Follow the producer for as long as the block lasts. One replica polls at a time."""
        from chassis.inbox.poller import Poller

        return Poller(ctx, self).running()


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
