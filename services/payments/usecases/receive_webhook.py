"""Store a webhook once, and have it applied later: the provider wants its answer at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis import faults
from chassis.problems import Malformed
from payments import metrics
from payments.clients import PaymentsContext
from payments.problems import ForgedWebhook
from payments.provider import reading
from payments.provider.signature import authentic
from payments.store import provider_events

APPLY = "payments.apply_event"
TYPES = frozenset(
    {
        "payment_intent.amount_capturable_updated",
        "payment_intent.succeeded",
        "payment_intent.canceled",
        "payment_intent.payment_failed",
    }
)
"""What can change a payment. Everything else is stored and answered, so that the provider does not send it again."""


class Apply(msgspec.Struct, frozen=True):
    """A stored webhook to be applied."""

    event_id: str


async def receive_webhook(ctx: PaymentsContext, body: bytes, signature: str | None) -> None:
    """The event is stored, and its job with it, when this returns; a repeated one changes nothing.

    Raises:
        ForgedWebhook: not signed by the provider, signed too long ago or in the time to come.
        Malformed: signed, but no event that we can read.
    """
    if not authentic(body, signature, ctx.settings.webhook_secrets):
        metrics.webhooks.inc("forged")
        raise ForgedWebhook("Its signature is missing, wrong, more than 5 minutes old, or of a time to come.")
    try:
        event = reading.event(body)
        payload = _without_secret(msgspec.json.decode(body))
    except (reading.Unreadable, msgspec.MsgspecError, RecursionError):
        metrics.webhooks.inc("unreadable")
        raise Malformed("This is not an event.") from None
    payment_id, intent_id = _names(payload)
    ignored = event.type not in TYPES
    async with ctx.db.write() as tx:
        result = await provider_events.insert(tx, event.id, event.type, payment_id, intent_id, payload, ignored=ignored)
        if result == "new":
            await ctx.jobs.enqueue(tx, APPLY, Apply(event.id))
    await faults.point("payments.after_webhook_insert")
    metrics.webhooks.inc(result or "repeated")


def _without_secret(payload: dict[str, Any]) -> dict[str, Any]:
    subject = payload.get("data", {}).get("object")
    if isinstance(subject, dict):
        subject.pop("client_secret", None)
    return payload


def _names(payload: dict[str, Any]) -> tuple[UUID | None, str | None]:
    """The payment and the intent that an event names, for the history. A claim, not yet checked."""
    subject = payload.get("data", {}).get("object")
    if not isinstance(subject, dict) or subject.get("object") != "payment_intent":
        return None, None
    metadata, intent_id = subject.get("metadata"), subject.get("id")
    named = metadata.get("payment_id") if isinstance(metadata, dict) else None
    return reading.uuid_or_none(named), intent_id if isinstance(intent_id, str) else None
