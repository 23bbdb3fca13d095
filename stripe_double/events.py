"""Events: what is told of each change, whole or by name alone, as the destination wants it.

Sources: https://docs.stripe.com/api/events/types, https://docs.stripe.com/event-destinations#thin-events.
"""

from __future__ import annotations

from datetime import UTC, datetime
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from stripe_double import ids, webhook_book

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from stripe_double.destination import Destination
    from stripe_double.operations import Context

_random = SystemRandom()
# Until that version a PaymentIntent held its charges whole.
_CHARGES_UNTIL = "2022-11-15"
_PATHS = {
    "payment_intent": "payment_intents",
    "radar.early_fraud_warning": "radar/early_fraud_warnings",
    "charge": "charges",
    "dispute": "disputes",
    "refund": "refunds",
}


def tell(book: sqlite3.Connection, context: Context, kinds: Iterable[str], subject: dict[str, Any]) -> None:
    """Write the events about an object as it is now, to be sent once the transaction has committed."""
    for kind in filter(context.destination.tells, kinds):
        event_id = ids.new("evt_3")
        event = _event(context, event_id, kind, subject)
        due = context.now + context.faults.hold_back(_random)
        webhook_book.add(book, event_id, event, context.now, due, lost=context.faults.lost)


def _event(context: Context, event_id: str, kind: str, subject: dict[str, Any]) -> dict[str, Any]:
    if context.destination.payload == "thin":
        return _thin(context, event_id, kind, subject)
    return {
        "id": event_id,
        "object": "event",
        "api_version": context.destination.api_version,
        "created": int(context.now),
        "data": {"object": _of_version(subject, context.destination)},
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
    """The object as a destination that was made long ago still gets it."""
    if subject["object"] != "payment_intent" or destination.api_version >= _CHARGES_UNTIL:
        return subject
    url = f"/v1/charges?payment_intent={subject['id']}"
    latest = subject["latest_charge"]
    charges = [{"id": latest, "object": "charge"}] if latest else []
    listed = {"object": "list", "data": charges, "has_more": False, "total_count": len(charges), "url": url}
    return {**{name: value for name, value in subject.items() if name != "latest_charge"}, "charges": listed}
