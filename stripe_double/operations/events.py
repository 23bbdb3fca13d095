"""Events about changes of objects: snapshot events with the object, or thin events with its id only.

Sources: https://docs.stripe.com/api/events/types, https://docs.stripe.com/event-destinations#thin-events.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from random import SystemRandom
from typing import Any

from stripe_double.database import event_queue
from stripe_double.objects import ids
from stripe_double.operations.context import Context
from stripe_double.webhooks.destination import Destination

_random = SystemRandom()
# API versions before this one have a list of charges in a PaymentIntent.
_CHARGES_UNTIL = "2022-11-15"
# The events that have `data.previous_attributes`.
_OF_UPDATES = (".updated", "charge.refunded")
_PATHS = {
    "payment_intent": "payment_intents",
    "radar.early_fraud_warning": "radar/early_fraud_warnings",
    "charge": "charges",
    "dispute": "disputes",
    "refund": "refunds",
    "payout": "payouts",
    "customer": "customers",
    "payment_method": "payment_methods",
}


def write_events(
    db: sqlite3.Connection,
    context: Context,
    kinds: Iterable[str],
    subject: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> None:
    """Insert events about an object, as it is now, in the same transaction. They are sent after its commit.

    `before` is the object as it was; events of an update tell what has changed.
    """
    changed = None if before is None else _changed(before, subject)
    for kind in filter(context.destination.accepts, kinds):
        event_id = ids.new("evt_3")
        event = _event(context, event_id, kind, subject, changed if kind.endswith(_OF_UPDATES) else None)
        due = context.now + context.faults.delay(_random)
        event_queue.add(db, event_id, event, context.now, due, lost=context.faults.lost)


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The members that have changed, as they were; of a member that is new, null."""
    found: dict[str, Any] = {}
    for name, value in after.items():
        was = before.get(name)
        if isinstance(was, dict) and isinstance(value, dict):
            if inner := _changed(was, value):
                found[name] = inner
        elif was != value:
            found[name] = was
    return found


def _event(
    context: Context, event_id: str, kind: str, subject: dict[str, Any], changed: dict[str, Any] | None
) -> dict[str, Any]:
    if context.destination.payload == "thin":
        return _thin(context, event_id, kind, subject)
    return {
        "id": event_id,
        "object": "event",
        "api_version": context.destination.api_version,
        "created": int(context.now),
        "data": {
            "object": _of_version(subject, context.destination),
            **({"previous_attributes": changed} if changed else {}),
        },
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": context.request, "idempotency_key": context.key},
        "type": kind,
    }


def _thin(context: Context, event_id: str, kind: str, subject: dict[str, Any]) -> dict[str, Any]:
    of_type = subject["object"]
    reason = {"type": "request", "request": {"id": context.request, "idempotency_key": context.key}}
    return {
        "id": event_id,
        "object": "v2.core.event",
        "created": datetime.fromtimestamp(context.now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "livemode": False,
        "reason": reason if context.request else None,
        "related_object": {"id": subject["id"], "type": of_type, "url": f"/v1/{_PATHS[of_type]}/{subject['id']}"},
        "type": f"v1.{kind}",
    }


def _of_version(subject: dict[str, Any], destination: Destination) -> dict[str, Any]:
    """The object in the API version of the destination."""
    if subject["object"] != "payment_intent" or destination.api_version >= _CHARGES_UNTIL:
        return subject
    url = f"/v1/charges?payment_intent={subject['id']}"
    latest = subject["latest_charge"]
    charges = [{"id": latest, "object": "charge"}] if latest else []
    listed = {"object": "list", "data": charges, "has_more": False, "total_count": len(charges), "url": url}
    return {**{name: value for name, value in subject.items() if name != "latest_charge"}, "charges": listed}
