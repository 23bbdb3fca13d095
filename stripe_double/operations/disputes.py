"""Disputes and early fraud warnings: created by test cards at the capture, or by the dashboard API.

Sources: https://docs.stripe.com/disputes/api, https://docs.stripe.com/testing#disputes.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from stripe_double.database import documents, payments
from stripe_double.objects import cards, ids, serialization
from stripe_double.objects.errors import StripeError
from stripe_double.objects.records import Charge
from stripe_double.operations import balance, events
from stripe_double.operations.context import Context
from stripe_double.protocol.fields import merged

STATUSES = (
    *("needs_response", "under_review", "won", "lost", "prevented"),
    *("warning_needs_response", "warning_under_review", "warning_closed"),
)
# The network's code of each reason. Source: https://docs.stripe.com/disputes/categories#network-code-map (Visa).
REASONS = {
    "fraudulent": "10.4",
    "product_not_received": "13.1",
    "product_unacceptable": "13.3",
    "subscription_canceled": "13.2",
    "duplicate": "12.6",
    "credit_not_processed": "13.6",
    "general": "10.4",
    "unrecognized": "10.4",
}
EVIDENCE = (
    *("access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure"),
    *("cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name"),
    *("customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation"),
    *("duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure"),
    *("refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier"),
    *("shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file"),
    "uncategorized_text",
)
_FILES = frozenset(
    """
    cancellation_policy customer_communication customer_signature duplicate_charge_documentation receipt refund_policy
    service_documentation shipping_documentation uncategorized_file
    """.split()
)
_NEEDS = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
_OPEN = (*_NEEDS, *_NEEDS.values())
_DAYS_TO_ANSWER = 9
# This evidence text decides the outcome some time later, as in Stripe's test mode.
_BY_EVIDENCE = {
    "winning_evidence": {"under_review": "won", "warning_under_review": "warning_closed"},
    "losing_evidence": {"under_review": "lost", "warning_under_review": "warning_closed"},
    "escalate_inquiry_evidence": {"warning_under_review": "needs_response"},
}


def open_dispute(
    db: sqlite3.Connection,
    context: Context,
    charge: Charge,
    *,
    reason: str,
    inquiry: bool = False,
    amount: int | None = None,
) -> dict[str, Any]:
    """Open a dispute of a charge. The funds are withdrawn at once, except for an inquiry."""
    wanted = charge.amount_captured if amount is None else amount
    dispute = _new(context, charge, wanted, reason, inquiry=inquiry)
    if not inquiry:
        dispute["balance_transactions"] = [balance.disputed(db, context, dispute, won=False)]
    documents.put(db, "dispute", dispute)
    after = replace(charge, disputed=not inquiry)
    payments.put_charge(db, after)
    kinds = ["charge.dispute.created", *([] if inquiry else ["charge.dispute.funds_withdrawn"])]
    events.write_events(db, context, kinds, documents.public(dispute))
    shown, before = serialization.charge_object(after), serialization.charge_object(charge)
    events.write_events(db, context, ("charge.updated",), shown, before)
    return dispute


def _new(context: Context, charge: Charge, amount: int, reason: str, *, inquiry: bool) -> dict[str, Any]:
    """The dispute as it is stored."""
    brand = cards.by_name(charge.card).brand
    code = "10" if inquiry else REASONS[reason]
    card = {"brand": brand, "case_type": "inquiry" if inquiry else "chargeback", "network": brand}
    return {
        "id": ids.new("du_1"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge.id,
        "created": int(context.now),
        "currency": charge.currency,
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": _details(int(context.now)),
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": code,
        "payment_intent": charge.intent,
        "payment_method_details": {"card": {**card, "network_reason_code": code}, "type": "card"},
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
        "_ends": None,
    }


def _details(now: int) -> dict[str, Any]:
    return {
        "due_by": now // 86_400 * 86_400 + (_DAYS_TO_ANSWER + 1) * 86_400 - 1,
        "enhanced_eligibility": {},
        "has_evidence": False,
        "past_due": False,
        "submission_count": 0,
        "submission_method": "not_submitted",
    }


def set_status(db: sqlite3.Connection, context: Context, dispute: dict[str, Any], status: str) -> dict[str, Any]:
    """Set the status of a dispute, move its funds, and write the events of this change."""
    details = dispute["payment_method_details"]
    after = {**dispute, "status": status, "_ends": None}
    kinds = ["charge.dispute.updated"]
    moves = len(dispute["balance_transactions"])
    if status == "needs_response" and moves == 0:
        after = {**after, "is_charge_refundable": False}
        after["payment_method_details"] = {**details, "card": {**details["card"], "case_type": "chargeback"}}
        after["balance_transactions"] = [balance.disputed(db, context, after, won=False)]
        kinds.append("charge.dispute.funds_withdrawn")
    if status == "won":
        after["is_charge_refundable"] = True
        if moves == 1:
            back = balance.disputed(db, context, after, won=True)
            after["balance_transactions"] = [*dispute["balance_transactions"], back]
            kinds.append("charge.dispute.funds_reinstated")
    if status not in _OPEN:
        kinds.append("charge.dispute.closed")
    documents.put(db, "dispute", after)
    events.write_events(db, context, kinds, documents.public(after), documents.public(dispute))
    _mark(db, context, after)
    return after


def _mark(db: sqlite3.Connection, context: Context, dispute: dict[str, Any]) -> None:
    """Mark the charge as disputed once funds were withdrawn; it stays so."""
    charge = payments.get_charge(db, dispute["charge"])
    if charge is not None and dispute["balance_transactions"] and not charge.disputed:
        after = replace(charge, disputed=True)
        payments.put_charge(db, after)
        shown, before = serialization.charge_object(after), serialization.charge_object(charge)
        events.write_events(db, context, ("charge.updated",), shown, before)


def submit_evidence(
    db: sqlite3.Connection,
    context: Context,
    dispute: dict[str, Any],
    *,
    evidence: dict[str, str],
    metadata: dict[str, str],
    submit: bool,
) -> dict[str, Any]:
    """Add evidence and metadata; with `submit` the bank decides later. Late evidence counts, but is marked as late."""
    _require_open(dispute)
    for name in _FILES & evidence.keys():
        raise StripeError(400, f"No such file upload: '{evidence[name][:80]}'", param=f"evidence[{name}]")
    details = dispute["evidence_details"]
    # Disputes of an earlier version of the double have no members for evidence that was not given.
    given = {**dict.fromkeys(EVIDENCE), **dispute["evidence"], **evidence}
    written = any(value for name, value in given.items() if name in EVIDENCE)
    details = {**details, "has_evidence": written}
    submit = submit and written
    if submit:
        late = context.now > details["due_by"]
        count = details["submission_count"] + 1
        details |= {"past_due": late, "submission_count": count, "submission_method": "manual"}
    after = {
        **dispute,
        "evidence": given,
        "evidence_details": details,
        "metadata": merged(dispute["metadata"], metadata),
    }
    if not submit:
        return set_status(db, context, after, dispute["status"])
    status = _NEEDS.get(dispute["status"], dispute["status"])
    later = _BY_EVIDENCE.get(given["uncategorized_text"] or "", {}).get(status)
    after = {**set_status(db, context, after, status), "_ends": later}
    documents.put(db, "dispute", after)
    return after


def close(db: sqlite3.Connection, context: Context, dispute: dict[str, Any]) -> dict[str, Any]:
    """Accept a dispute: it is lost."""
    _require_open(dispute)
    return set_status(db, context, dispute, "lost")


def decide(db: sqlite3.Connection, context: Context) -> None:
    """Let the banks decide what evidence was sent for, and lose disputes that nobody has answered in time."""
    for dispute in documents.unsettled(db, "dispute"):
        set_status(db, context, dispute, dispute["_ends"])
    for dispute in documents.overdue_disputes(db, int(context.now)):
        set_status(db, context, dispute, "lost" if dispute["status"] == "needs_response" else "warning_closed")


def create_warning(db: sqlite3.Connection, context: Context, charge: Charge) -> dict[str, Any]:
    """Create an early fraud warning for a charge."""
    warning = {
        "id": ids.new("issfr_1"),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge.id,
        "created": int(context.now),
        "fraud_type": "misc",
        "livemode": False,
        "payment_intent": charge.intent,
    }
    documents.put(db, "early_fraud_warning", warning)
    events.write_events(db, context, ("radar.early_fraud_warning.created",), warning)
    return warning


def _require_open(dispute: dict[str, Any]) -> None:
    if dispute["status"] not in _OPEN:
        raise StripeError(400, "This dispute is already closed")
