"""Consumers of the events of all services."""

from __future__ import annotations

from chassis.inbox import Consumer
from chassis.sessions import revocations
from shop import keys
from shop.figures import HANDLERS
from shop.webhooks import follow

# That of identity ends sessions and narrows API keys. Each has a name: documents of events look for them in modules.
identity = follow(keys.narrowed_by(revocations.consumer()), HANDLERS)
catalog = follow(Consumer("catalog"), HANDLERS)
orders = follow(Consumer("orders"), HANDLERS)
payments = follow(Consumer("payments"), HANDLERS)

consumers = [identity, catalog, orders, payments]
