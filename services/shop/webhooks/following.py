"""Consumers of the events of all services, for endpoints that want them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec

from chassis.inbox import Consumer
from chassis.inbox.consumer import Handler
from chassis.outbox import EventData
from shop.webhooks.domain.types import of_producer
from shop.webhooks.usecases.tell import Teller


def follow(consumer: Consumer, also: Mapping[str, tuple[type[EventData], Handler]]) -> Consumer:
    """The consumer, which has endpoints told of what other programs may know. `also`: what else is done with events of
    a type, and the fields that this needs.
    """
    for name in of_producer(consumer.producer):
        # No field is looked at: the data are passed on as they are.
        passed_on = msgspec.defstruct("PassedOn", [], bases=(EventData,), namespace={"type": name}, frozen=True)
        kind, handler = also.get(name, (cast("type[EventData]", passed_on), None))
        consumer.on(kind)(Teller(consumer.producer, handler))
    return consumer
