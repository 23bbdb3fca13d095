"""Payouts to the shop's bank account: automatic ones of all available funds, and manual ones of an amount.

Sources: https://docs.stripe.com/payouts, https://docs.stripe.com/payouts/reconciliation.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from stripe_double.database import documents
from stripe_double.database.documents import Filters
from stripe_double.objects import balance, ids
from stripe_double.objects.errors import StripeError, invalid
from stripe_double.operations import balance as funds
from stripe_double.operations import events
from stripe_double.operations.context import Context
from stripe_double.protocol.fields import merged
from stripe_double.protocol.params import Listing

STATUSES = ("in_transit", "paid", "failed", "canceled")
FAILURES = {
    "account_closed": "The bank account has been closed.",
    "account_frozen": "The bank account has been frozen.",
    "could_not_process": "The bank could not process this transfer.",
    "insufficient_funds": "Your Stripe account has insufficient funds to cover the payout.",
    "invalid_account_number": "The routing number seems correct, but the account number is invalid.",
    "no_account": "The bank account details on file are probably incorrect. No bank account could be located.",
}
BANK_ACCOUNT = "ba_1Double0000000000"
_ARRIVAL_DAYS = 2
_ENDED = ("failed", "canceled")
_TOO_LITTLE = (
    "You have insufficient funds in your Stripe account for this transfer. Your card balance is too low.  You can use "
    "the /v1/balance endpoint to view your Stripe balance (for more details, see stripe.com/docs/api#balance)."
)


def pay_out(db: sqlite3.Connection, context: Context, currency: str) -> dict[str, Any]:
    """Create an automatic payout of all available funds of a currency; a negative one takes money from the bank."""
    rows = db.execute(
        "SELECT id, net FROM balance_transactions WHERE payout IS NULL AND currency = ? AND available_on <= ?",
        (currency, int(context.now)),
    ).fetchall()
    amount = sum(net for _, net in rows)
    if amount == 0:
        raise invalid("currency", f"There are no available funds in {currency} that were not paid out.")
    payout = _created(db, context, amount, currency, automatic=True)
    for name, _ in rows:
        assign(db, name, payout["id"])
    assign(db, payout["balance_transaction"], payout["id"])
    return payout


def assign(db: sqlite3.Connection, transaction: str, payout: str) -> None:
    """Make a balance transaction a part of an automatic payout."""
    found = documents.get(db, "balance_transaction", transaction)
    documents.put(db, "balance_transaction", {**found, "_payout": payout})


def create(
    db: sqlite3.Connection,
    context: Context,
    amount: int,
    currency: str,
    *,
    description: str | None,
    statement_descriptor: str | None,
    metadata: dict[str, str],
) -> dict[str, Any]:
    """Create a manual payout; 400 if the available funds do not cover it."""
    if not funds.covers(db, context, currency, amount):
        raise StripeError(400, _TOO_LITTLE, code="balance_insufficient")
    given = {"description": description, "statement_descriptor": statement_descriptor, "metadata": metadata}
    return _created(db, context, amount, currency, automatic=False, **given)


def _created(
    db: sqlite3.Connection, context: Context, amount: int, currency: str, *, automatic: bool, **given: Any
) -> dict[str, Any]:
    now = int(context.now)
    arrival = now // balance.DAY * balance.DAY + _ARRIVAL_DAYS * balance.DAY
    payout = {
        "id": ids.new("po_1"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": arrival,
        "automatic": automatic,
        "balance_transaction": None,
        "created": now,
        "currency": currency,
        "description": "STRIPE PAYOUT" if automatic else None,
        "destination": BANK_ACCOUNT,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "pending",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    } | given
    payout["balance_transaction"] = _moved(db, context, payout, -amount, "payout", "payout")
    documents.put(db, "payout", payout)
    events.write_events(db, context, ("payout.created",), payout)
    return payout


def _moved(
    db: sqlite3.Connection, context: Context, payout: dict[str, Any], amount: int, kind: str, category: str
) -> str:
    """Write the balance transaction of a payout, or of its return. The funds move at once, not on the bank's day."""
    back = kind != "payout"
    made = balance.transaction(
        kind,
        category,
        source=payout["id"],
        amount=amount,
        currency=payout["currency"],
        created=int(context.now),
        description=f"REFUND FOR PAYOUT ({payout['description']})" if back else payout["description"],
        available_on=None if back else payout["arrival_date"],
    )
    return funds.add(db, {**made, "_available_on": made["created"]})


def set_status(
    db: sqlite3.Connection, context: Context, payout: dict[str, Any], status: str, failure: str = "could_not_process"
) -> dict[str, Any]:
    """Move a payout on. A paid one may still fail; a failed or cancelled one gives the funds back."""
    if payout["status"] in _ENDED or payout["status"] == status:
        raise StripeError(400, f"A payout that is {payout['status']} cannot become {status}.")
    after = {**payout, "status": status}
    kinds = {"in_transit": "payout.updated", "canceled": "payout.canceled"}.get(status, f"payout.{status}")
    if payout["reconciliation_status"] == "in_progress":
        after["reconciliation_status"] = "completed"
    if status == "paid":
        after["trace_id"] = {"status": "supported", "value": payout["id"][-16:].upper()}
    if status in _ENDED:
        kind, category = f"payout_{'cancel' if status == 'canceled' else 'failure'}", "payout_reversal"
        after["failure_balance_transaction"] = _moved(db, context, payout, payout["amount"], kind, category)
    if status == "failed":
        after |= {"failure_code": failure, "failure_message": FAILURES[failure]}
    documents.put(db, "payout", after)
    events.write_events(db, context, (kinds,), after, payout)
    if after["reconciliation_status"] != payout["reconciliation_status"]:
        events.write_events(db, context, ("payout.reconciliation_completed",), after)
    return after


def cancel(db: sqlite3.Connection, context: Context, payout: dict[str, Any]) -> dict[str, Any]:
    """Cancel a payout by the API: a manual one that the bank has not got."""
    if payout["status"] != "pending" or payout["automatic"]:
        raise StripeError(400, "Payouts can only be canceled while they are pending, and only if you created them.")
    return set_status(db, context, payout, "canceled")


def update(
    db: sqlite3.Connection, context: Context, payout: dict[str, Any], metadata: dict[str, str]
) -> dict[str, Any]:
    """Add metadata to a payout."""
    after = {**payout, "metadata": merged(payout["metadata"], metadata)}
    documents.put(db, "payout", after)
    events.write_events(db, context, ("payout.updated",), after, payout)
    return after


def move_on(db: sqlite3.Connection, context: Context) -> None:
    """Send pending payouts to the bank, and mark those paid whose day of arrival has come."""
    everything = Listing(100, None, (), expand=False)
    for payout in documents.listed(db, "payout", everything, {"status": "pending"}):
        set_status(db, context, payout, "in_transit")
    arrived: Filters = {"status": "in_transit", "arrival_date": (("<=", int(context.now)),)}
    for payout in documents.listed(db, "payout", everything, arrived):
        set_status(db, context, payout, "paid")
