"""Following another service: its events take effect here once each, in order, and survive any crash.

    payments = Consumer("payments")

    @payments.on(PaymentAuthorised)
    async def authorised(ctx: Context, tx: WriteTx, event: Event, data: PaymentAuthorised) -> None: ...

A handler runs in the transaction that moves the cursor. It calls nobody: it enqueues a job. An event whose handler
fails is set aside, with all later ones of its aggregate, and the others go on; it is tried again, later each time, and
given up after 8 tries, until an operator runs `python -m chassis.ops redrive`.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from chassis import telemetry
from chassis.context import Context
from chassis.db import WriteTx
from chassis.outbox import Event, EventData

Handler = Callable[[Any, WriteTx, Event, Any], Awaitable[None]]

H = TypeVar("H", bound="Handler")
# Of the label `producer`.
PRODUCER = "a service that this one follows"

_durations = telemetry.histogram(
    "inbox_event_duration_seconds",
    "How long the handler of an event took, before the commit, which is of many",
    {"producer": PRODUCER, "outcome": ("handled", "failed")},
)


class Consumer:
    """Handlers for the events of one producer, by type. Events of other types are passed over."""

    def __init__(self, producer: str) -> None:
        self.producer = producer
        _durations.start(producer)
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
        """Whether it has a handler for the event's type."""
        return event.type in self._handlers

    async def handle(self, ctx: Context[Any], tx: WriteTx, event: Event) -> None:
        """Have an event take effect in `tx`, with the trace of the request that caused it."""
        handler, decode = self._handlers[event.type]
        telemetry.begin(event.trace, None)
        began, outcome = time.perf_counter(), "failed"
        try:
            await handler(ctx, tx, event, decode(bytes(event.data)))
            outcome = "handled"
        finally:
            _durations.observe(time.perf_counter() - began, self.producer, outcome)
