"""Refunds: made by a call or in the dashboard, whole or in part; pending, or failing later, by their card.

Source: https://docs.stripe.com/refunds, https://docs.stripe.com/testing#refunds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stripe_double import cards, events, ids, objections, store, wire
from stripe_double.currencies import shown
from stripe_double.errors import StripeError, invalid

if TYPE_CHECKING:
    import sqlite3

    from stripe_double.operations import Context
    from stripe_double.records import Charge

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
_UNDONE = ("failed", "canceled")


def make(
    book: sqlite3.Connection,
    context: Context,
    charge: Charge,
    *,
    amount: int | None = None,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A new refund of a captured charge. `amount` None: all that is left of it."""
    if not charge.captured:
        raise StripeError(400, f"Charge {charge.id} has not been captured: cancel its PaymentIntent instead.")
    left = charge.amount - charge.amount_refunded
    if left == 0:
        raise StripeError(400, f"Charge {charge.id} has already been refunded.", code="charge_already_refunded")
    wanted = left if amount is None else amount
    if wanted > left:
        money = f"{shown(wanted, charge.currency)}) is greater than unrefunded amount on charge ("
        raise invalid("amount", f"Refund amount ({money}{shown(left, charge.currency)})")
    refund = _written(context, charge, wanted, reason, metadata or {})
    objections.put(book, "refund", refund)
    after = replace(charge, amount_refunded=charge.amount_refunded + wanted)
    store.put_charge(book, after)
    events.tell(book, context, ("charge.refunded",), wire.charge_object(after))
    events.tell(book, context, ("refund.created",), answered(refund))
    return refund


def _written(
    context: Context, charge: Charge, amount: int, reason: str | None, metadata: dict[str, str]
) -> dict[str, Any]:
    """As it is kept: `_ends` is how its card makes it end, if otherwise than it begins."""
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


def settle(book: sqlite3.Connection, context: Context, refund: dict[str, Any], status: str) -> dict[str, Any]:
    """The bank has taken it, or sent it back: then its money is the charge's again."""
    undone = status in _UNDONE and refund["status"] not in _UNDONE
    reason = {"failure_reason": "unknown"} if status == "failed" else {}
    after = {**refund, "status": status, "_ends": None, **reason}
    objections.put(book, "refund", after)
    if undone and (charge := store.get_charge(book, refund["charge"])) is not None:
        store.put_charge(book, replace(charge, amount_refunded=charge.amount_refunded - refund["amount"]))
    kinds = ("refund.updated", "refund.failed") if status == "failed" else ("refund.updated",)
    events.tell(book, context, kinds, answered(after))
    return after


def settle_all(book: sqlite3.Connection, context: Context) -> None:
    """Refunds of the cards for it come to the end that is theirs."""
    for refund in objections.unsettled_refunds(book):
        settle(book, context, refund, refund["_ends"])


def answered(refund: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in refund.items() if name != "_ends"}
