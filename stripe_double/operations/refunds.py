"""Refunds, by the API or the dashboard. Some test cards make them pending first, or fail later.

Sources: https://docs.stripe.com/refunds, https://docs.stripe.com/testing#refunds.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from secrets import randbelow
from typing import Any

from stripe_double.database import documents, payments
from stripe_double.objects import cards, ids, serialization
from stripe_double.objects.currencies import format_amount
from stripe_double.objects.errors import StripeError, invalid
from stripe_double.objects.records import Charge
from stripe_double.operations import balance, events
from stripe_double.operations.context import Context
from stripe_double.protocol.fields import merged
from stripe_double.protocol.params import Listing

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
STATUSES = ("pending", "requires_action", "succeeded", "failed", "canceled")
FAILURES = (
    *("lost_or_stolen_card", "expired_or_canceled_card", "charge_for_pending_refund_disputed"),
    *("insufficient_funds", "declined", "merchant_request", "unknown"),
)
WHEN_FUNDED = "when funded"
"""The `_ends` of a refund that waits for the balance."""
_UNDONE = ("failed", "canceled")
_DAYS_TO_ACT = 45
_SHOWN_IN_A_CHARGE = Listing(10, None, (), expand=False)


def create(
    db: sqlite3.Connection,
    context: Context,
    charge: Charge,
    *,
    amount: int | None = None,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Refund a captured charge. `amount` None: all that is not refunded yet."""
    _require_refundable(db, charge)
    left = charge.amount - charge.amount_refunded
    if left == 0:
        raise StripeError(400, f"Charge {charge.id} has already been refunded.", code="charge_already_refunded")
    wanted = left if amount is None else amount
    if wanted > left:
        # Stripe sends no code here. Source: the answers recorded in https://github.com/woocommerce/woocommerce-gateway-stripe/issues/1315.
        money = f"{format_amount(wanted, charge.currency)}) is greater than unrefunded amount on charge ("
        raise invalid("amount", f"Refund amount ({money}{format_amount(left, charge.currency)})")
    refund = _funded(db, context, charge, _written(context, charge, wanted, reason, metadata or {}))
    documents.put(db, "refund", refund)
    after = replace(charge, amount_refunded=charge.amount_refunded + wanted)
    payments.put_charge(db, after)
    events.write_events(db, context, ("refund.created",), documents.public(refund))
    shown, before = serialization.charge_object(after), serialization.charge_object(charge)
    events.write_events(db, context, ("charge.refunded",), shown, before)
    return refund


def _require_refundable(db: sqlite3.Connection, charge: Charge) -> None:
    given_back = not charge.captured and charge.amount_refunded == charge.amount
    if not charge.succeeded or given_back:
        raise StripeError(400, f"This PaymentIntent ({charge.intent}) does not have a successful charge to refund.")
    if not charge.captured:
        raise StripeError(
            400,
            f"This uncaptured Charge was created by a PaymentIntent ({charge.intent}). You must cancel the "
            "PaymentIntent to reverse the authorization instead of refunding the Charge directly. For more "
            "information, see https://stripe.com/docs/payments/place-a-hold-on-a-payment-method",
        )
    disputes = documents.listed(db, "dispute", Listing(100, None, (), expand=False), {"charge": charge.id})
    if any(not dispute["is_charge_refundable"] for dispute in disputes):
        message = f"Charge {charge.id} has been charged back; cannot issue a refund."
        raise StripeError(400, message, code="charge_disputed")


def _written(
    context: Context, charge: Charge, amount: int, reason: str | None, metadata: dict[str, str]
) -> dict[str, Any]:
    """The refund as it is stored; `_ends` is its final status if the test card changes it later."""
    ends = cards.by_name(charge.card).refund_ends
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    refund = {
        "id": ids.new("re_3"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge.id,
        "created": int(context.now),
        "currency": charge.currency,
        "customer": charge.customer,
        "customer_account": None,
        "destination_details": {"card": card, "type": "card"},
        "metadata": metadata,
        "payment_intent": charge.intent,
        "payment_method": charge.payment_method,
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
        "_ends": ends,
    }
    return refund | _of_status("pending", "processing") if ends == "succeeded" else refund


def _funded(db: sqlite3.Connection, context: Context, charge: Charge, refund: dict[str, Any]) -> dict[str, Any]:
    """The refund with its money taken from the balance; pending if that is too low and the double looks at it."""
    if context.refunds_need_funds and not balance.covers(db, context, charge.currency, refund["amount"]):
        return {**refund, **_of_status("pending", "insufficient_funds"), "_ends": WHEN_FUNDED}
    taken = balance.refunded(db, context, charge, refund["id"], refund["amount"])
    return {**refund, "balance_transaction": taken}


def set_status(
    db: sqlite3.Connection, context: Context, refund: dict[str, Any], status: str, why: str | None = None
) -> dict[str, Any]:
    """Set the status of a refund, with its reason. Failed or cancelled, it is no longer part of what was refunded."""
    if refund["status"] in _UNDONE:
        raise StripeError(400, f"A refund that is {refund['status']} stays so.")
    after = {**refund, **dict.fromkeys(("pending_reason", "next_action")), "_ends": None, **_of_status(status, why)}
    if status == "succeeded":
        after["destination_details"] = _with_reference(refund["destination_details"])
    if status == "requires_action":
        after["next_action"] = _by_mail(context)
    after = {name: value for name, value in after.items() if value is not None or name in refund}
    after |= _moved(db, context, after)
    documents.put(db, "refund", after)
    kinds = ("refund.updated", "charge.refund.updated", *(["refund.failed"] if status == "failed" else []))
    events.write_events(db, context, kinds, documents.public(after), documents.public(refund))
    return after


def _moved(db: sqlite3.Connection, context: Context, refund: dict[str, Any]) -> dict[str, Any]:
    """Move the money of a refund's new status: out of the balance when it is paid, back when it has failed."""
    charge = payments.get_charge(db, refund["charge"])
    amount, taken = refund["amount"], refund["balance_transaction"]
    if charge is None:
        return {}
    if refund["status"] in _UNDONE:
        payments.put_charge(db, replace(charge, amount_refunded=charge.amount_refunded - amount))
        back = balance.refund_failed(db, context, charge, taken) if taken else None
        return {"failure_balance_transaction": back} if back else {}
    if refund["status"] == "succeeded" and taken is None:
        return {"balance_transaction": balance.refunded(db, context, charge, refund["id"], amount)}
    return {}


def _of_status(status: str, why: str | None) -> dict[str, Any]:
    reason = {"pending": "pending_reason", "failed": "failure_reason"}.get(status)
    unknown = {"pending": "processing", "failed": "unknown"}.get(status)
    return {"status": status, **({reason: why or unknown} if reason else {})}


def _with_reference(destination: dict[str, Any]) -> dict[str, Any]:
    """The destination with the number by which the shopper's bank finds the refund."""
    number = "".join(str(randbelow(10)) for _ in range(23))
    return {**destination, "card": {**destination["card"], "reference": number, "reference_status": "available"}}


def _by_mail(context: Context) -> dict[str, Any]:
    sent = {"email_sent_at": int(context.now), "email_sent_to": "shopper@example.com"}
    details = {"email_sent": sent, "expires_at": int(context.now) + _DAYS_TO_ACT * 86_400}
    return {"display_details": details, "type": "display_details"}


def update(
    db: sqlite3.Connection, context: Context, refund: dict[str, Any], metadata: dict[str, str]
) -> dict[str, Any]:
    """Add metadata to a refund, whatever its status is."""
    after = {**refund, "metadata": merged(refund["metadata"], metadata)}
    documents.put(db, "refund", after)
    kinds = ("refund.updated", "charge.refund.updated")
    events.write_events(db, context, kinds, documents.public(after), documents.public(refund))
    return after


def cancel(db: sqlite3.Connection, context: Context, refund: dict[str, Any]) -> dict[str, Any]:
    """Cancel a refund: by the API only one that waits for the shopper. Source: https://docs.stripe.com/api/refunds/cancel."""
    if refund["status"] != "requires_action":
        raise StripeError(400, "Canceling this refund is unsupported.")
    return set_status(db, context, refund, "canceled")


def settle_pending(db: sqlite3.Connection, context: Context) -> None:
    """Set the final status of all refunds that have one."""
    for refund in documents.unsettled(db, "refund"):
        if refund["_ends"] != WHEN_FUNDED:
            set_status(db, context, refund, refund["_ends"])
        elif not context.refunds_need_funds or balance.covers(db, context, refund["currency"], refund["amount"]):
            set_status(db, context, refund, "succeeded")


def of_charge(db: sqlite3.Connection, charge: str) -> dict[str, Any]:
    """`Charge.refunds` as it is expanded: a list with the ten newest."""
    found = documents.listed(db, "refund", _SHOWN_IN_A_CHARGE, {"charge": charge})
    data = [documents.public(each) for each in found[:10]]
    return serialization.list_object(f"/v1/charges/{charge}/refunds", data, has_more=len(found) > len(data))
