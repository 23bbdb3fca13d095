"""Have endpoints told of an event of a followed service."""

from __future__ import annotations

from typing import Any

import msgspec

from chassis.db import WriteTx
from chassis.inbox.consumer import Handler
from chassis.outbox import Event, EventData
from chassis.values import uuid7
from shop.webhooks.store import deliveries
from shop.webhooks.store.deliveries import Told


def body_of(event: Event) -> str:
    """What is sent: the form that Standard Webhooks recommends. The data are those of the feed: ids and amounts."""
    return msgspec.json.encode({"type": event.type, "timestamp": event.occurred_at, "data": event.data}).decode()


class Teller:
    """The handler of the events of a producer. `then`: what else is done with an event."""

    def __init__(self, producer: str, then: Handler | None = None) -> None:
        self._producer, self._then = producer, then

    async def __call__(self, ctx: Any, tx: WriteTx, event: Event, data: EventData) -> None:
        """In the transaction that moves the cursor: once, however often the event is read."""
        subject = event.aggregate, event.aggregate_id, event.version
        await deliveries.tell(tx, Told(uuid7(), self._producer, *subject, event.type, body_of(event)))
        if self._then is not None:
            await self._then(ctx, tx, event, data)
