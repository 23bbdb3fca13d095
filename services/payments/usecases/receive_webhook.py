"""Store a webhook once, and apply it by the same statement unless the provider has to be asked."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import msgspec

from chassis import telemetry
from chassis.problems import Malformed
from chassis.resilience import failpoints
from payments import metrics
from payments.context import PaymentsContext
from payments.problems import ForgedWebhook, WrongWebhook
from payments.provider import stripe_payloads
from payments.provider.signature import signed_by
from payments.provider.stripe_payloads import ProviderEvent
from payments.store import provider_events
from payments.store.provider_events import Webhook
from payments.usecases.apply_webhook import apply_webhook
from payments.usecases.mail_staff import mail_staff
from payments.usecases.note_signature import note_signature

APPLY = "payments.apply_event"
TYPES = frozenset(
    {
        "payment_intent.amount_capturable_updated",
        "payment_intent.succeeded",
        "payment_intent.canceled",
        "payment_intent.payment_failed",
        "charge.refunded",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "radar.early_fraud_warning.created",
        "radar.early_fraud_warning.updated",
    }
)
"""Types that are applied. Others are stored as ignored and answered, so that Stripe does not send them again."""
# Fields with personal data or secrets: removed at every depth before the event is stored.
_PERSONAL = frozenset(
    {
        *("client_secret", "billing_details", "shipping", "receipt_email", "evidence", "customer_email"),
        *("customer_name", "payment_method_details", "card", "source"),
    }
)
# All that is kept of the method of a payment; the rest says whose card or account it is.
_OF_A_METHOD = frozenset({"id", "object", "type"})
_WRONG_MODE = """Stripe sends events of its {theirs} mode to this shop, whose STRIPE_SECRET_KEY is of the {ours} mode.
They are refused. Take the webhook secret and both keys from the same mode of Stripe's dashboard, or remove the
destination there that sends them. `python -m payments.doctor` shows what fits.
"""
_WRONG_ACCOUNT = """Stripe sends events of the account {account} to this shop. They are refused. If it is this shop's
account, set STRIPE_ACCOUNT to it; else have the webhook destination send events of your own account alone.
"""
_log = telemetry.logger(__name__)


class Apply(msgspec.Struct, frozen=True):
    """A stored webhook to be applied."""

    event_id: str


async def receive_webhook(ctx: PaymentsContext, body: bytes, signature: str | None) -> None:
    """The event is stored when this returns, and applied or its job stored with it; a repeated one changes nothing.

    Raises:
        ForgedWebhook: not signed by the provider, or not signed within the last 5 minutes.
        Malformed: signed, but no event that we can read. WrongWebhook: of another mode, or of another account.
    """
    place = signed_by(body, signature, ctx.settings.webhook_secrets)
    if place is None:
        metrics.webhooks.inc("forged")
        raise ForgedWebhook("Its signature is missing, wrong, more than 5 minutes old, or of a time to come.")
    try:
        document = msgspec.json.decode(body)
        event = stripe_payloads.event_of(document)
        payload = _without_personal_data(document)
    except (stripe_payloads.Unreadable, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        metrics.webhooks.inc("unreadable")
        _log.error("webhook.unreadable")
        raise Malformed("It is signed, and neither an event nor a v2.core.event that can be read here.") from None
    await _refuse_other_sender(ctx, event)
    webhook = Webhook(event.id, event.type, *_named_ids(payload), payload)
    result = await _store(ctx, webhook, applies=event.kind in TYPES)
    await failpoints.point("payments.after_webhook_insert")
    await note_signature(ctx, place)
    metrics.webhooks.inc(result)
    if isinstance(event.created, int):
        metrics.webhook_age.observe(max(time.time() - event.created, 0.0))
    if event.kind == "payment_intent.requires_action" and result != "repeated":
        metrics.authentications.inc("asked")


async def keep_case(ctx: PaymentsContext, document: dict[str, Any]) -> bool:
    """Store and apply an event as the provider lists it, if it is of a refund, a dispute or a warning, and is new or
    came before its payment was known.
    """
    try:
        event = stripe_payloads.event_of(document)
    except stripe_payloads.Unreadable:
        _log.error("webhook.unreadable")
        return False
    if event.kind not in TYPES or event.kind.startswith("payment_intent."):
        return False
    payload = _without_personal_data(document)
    if await _store(ctx, Webhook(event.id, event.type, *_named_ids(payload), payload), applies=True) != "repeated":
        return True
    async with ctx.db.write() as tx:
        again = await provider_events.reopen(tx, event.id)
        if again:
            await ctx.jobs.enqueue(tx, APPLY, Apply(event.id))
    return again


async def _store(ctx: PaymentsContext, webhook: Webhook, *, applies: bool) -> str:
    """Store a webhook, apply it if its type is used, and return its result for the metrics."""
    if not applies:
        async with ctx.db.write_one() as tx:
            return "ignored" if await provider_events.insert(tx, webhook, "ignored") else "repeated"
    try:
        result = await apply_webhook(ctx, webhook)
    except Exception as error:  # noqa: BLE001 -- the webhook is stored with a job, which tries again
        _log.error("webhook.not_applied", event_id=webhook.id, error=error)
        result = None
    if result is not None:
        return result
    async with ctx.db.write() as tx:
        if not await provider_events.insert(tx, webhook, None):
            return "repeated"
        await ctx.jobs.enqueue(tx, APPLY, Apply(webhook.id))
    return "new"


async def _refuse_other_sender(ctx: PaymentsContext, event: ProviderEvent) -> None:
    """Refuse an event of another mode or account, and mail staff. Stripe sends refused events again for three days."""
    ours, account = ctx.settings.mode, event.account or event.context
    theirs = None if event.livemode is None else "live" if event.livemode else "test"
    if ours and theirs and ours != theirs:
        kind, text = "mode", _WRONG_MODE.format(theirs=theirs, ours=ours)
    elif account and account != ctx.settings.stripe_account:
        kind, text = "account", _WRONG_ACCOUNT.format(account=account[:100])
    else:
        return
    metrics.webhooks.inc(f"other_{kind}")
    _log.error("webhook.of_another", kind=kind)
    async with ctx.db.write() as tx:
        await mail_staff(ctx, tx, f"webhook-{kind}", f"Stripe sends events of another {kind}", text, every_hour=True)
    raise WrongWebhook(f"It is of another {kind} than this shop's key.")


def _without_personal_data(payload: dict[str, Any]) -> dict[str, Any]:
    """The event without secrets and personal data."""
    left: list[Any] = [payload]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            for name in _PERSONAL & node.keys():
                del node[name]
            method = node.get("payment_method")
            if isinstance(method, dict):
                node["payment_method"] = {name: method[name] for name in _OF_A_METHOD & method.keys()}
            left += node.values()
        elif isinstance(node, list):
            left += node
    return payload


def _named_ids(payload: dict[str, Any]) -> tuple[UUID | None, str | None]:
    """The ids of the payment and the intent that an event names, for the history. They are not verified yet."""
    subject = stripe_payloads.subject_of(payload)
    if not isinstance(subject, dict) or subject.get("object") != "payment_intent":
        return None, None
    metadata, intent_id = subject.get("metadata"), subject.get("id")
    named = metadata.get("payment_id") if isinstance(metadata, dict) else None
    return stripe_payloads.uuid_or_none(named), intent_id if isinstance(intent_id, str) else None
