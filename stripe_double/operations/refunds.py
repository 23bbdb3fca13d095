"""Refunds, by the API or the dashboard. Some test cards make them pending first, or fail later.

Source: https://docs.stripe.com/refunds, https://docs.stripe.com/testing#refunds.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from stripe_double.database import payments, refunds_and_disputes
from stripe_double.objects import cards, ids, serialization
from stripe_double.objects.currencies import format_amount
from stripe_double.objects.errors import StripeError, invalid
from stripe_double.objects.records import Charge
from stripe_double.operations import events
from stripe_double.operations.context import Context

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
_UNDONE = ("failed", "canceled")


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
    if not charge.captured:
        raise StripeError(400, f"Charge {charge.id} has not been captured: cancel its PaymentIntent instead.")
    left = charge.amount - charge.amount_refunded
    if left == 0:
        raise StripeError(400, f"Charge {charge.id} has already been refunded.", code="charge_already_refunded")
    wanted = left if amount is None else amount
    if wanted > left:
        money = f"{format_amount(wanted, charge.currency)}) is greater than unrefunded amount on charge ("
        raise invalid("amount", f"Refund amount ({money}{format_amount(left, charge.currency)})")
    refund = _written(context, charge, wanted, reason, metadata or {})
    refunds_and_disputes.put(db, "refund", refund)
    after = replace(charge, amount_refunded=charge.amount_refunded + wanted)
    payments.put_charge(db, after)
    events.write_events(db, context, ("charge.refunded",), serialization.charge_object(after))
    events.write_events(db, context, ("refund.created",), public_object(refund))
    return refund


def _written(
    context: Context, charge: Charge, amount: int, reason: str | None, metadata: dict[str, str]
) -> dict[str, Any]:
    """The refund as it is stored; `_ends` is its final status if the test card changes it later."""
    ends = cards.by_name(charge.card).refund_ends
    return {
        "id": ids.new("re_3"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge.id,
        "created": int(context.now),
        "currency": charge.currency,
        "customer": None,
        "customer_account": None,
        "destination_details": {"card": {"reference_status": "pending", "type": "refund"}, "type": "card"},
        "metadata": metadata,
        "payment_intent": charge.intent,
        "payment_method": charge.payment_method,
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if ends == "succeeded" else "succeeded",
        "transfer_reversal": None,
        "_ends": ends,
    }


def set_status(db: sqlite3.Connection, context: Context, refund: dict[str, Any], status: str) -> dict[str, Any]:
    """Set the status of a refund. If it failed or was cancelled, the charge's refunded amount is reduced."""
    undone = status in _UNDONE and refund["status"] not in _UNDONE
    reason = {"failure_reason": "unknown"} if status == "failed" else {}
    after = {**refund, "status": status, "_ends": None, **reason}
    refunds_and_disputes.put(db, "refund", after)
    if undone and (charge := payments.get_charge(db, refund["charge"])) is not None:
        payments.put_charge(db, replace(charge, amount_refunded=charge.amount_refunded - refund["amount"]))
    kinds = ("refund.updated", "refund.failed") if status == "failed" else ("refund.updated",)
    events.write_events(db, context, kinds, public_object(after))
    return after


def settle_pending(db: sqlite3.Connection, context: Context) -> None:
    """Set the final status of all refunds that have one."""
    for refund in refunds_and_disputes.unsettled_refunds(db):
        set_status(db, context, refund, refund["_ends"])


def public_object(refund: dict[str, Any]) -> dict[str, Any]:
    """The refund as the API shows it, without internal fields."""
    return {name: value for name, value in refund.items() if name != "_ends"}
