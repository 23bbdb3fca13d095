"""Disputes and early fraud warnings: created by test cards at the capture, or by the dashboard API.

Sources: https://docs.stripe.com/disputes/api, https://docs.stripe.com/testing#disputes.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from stripe_double.database import payments, refunds_and_disputes
from stripe_double.objects import ids
from stripe_double.objects.errors import StripeError, invalid
from stripe_double.objects.records import Charge
from stripe_double.operations import events
from stripe_double.operations.context import Context

STATUSES = ("needs_response", "under_review", "won", "lost", "warning_needs_response", "warning_closed")
REASONS = ("fraudulent", "product_not_received", "duplicate", "general", "product_unacceptable", "unrecognized")
_OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
_DAYS_TO_ANSWER = 9
# This evidence text decides the outcome, as in Stripe's test mode.
_BY_EVIDENCE = {"winning_evidence": "won", "losing_evidence": "lost"}


def open_dispute(
    db: sqlite3.Connection, context: Context, charge: Charge, *, reason: str, inquiry: bool = False
) -> dict[str, Any]:
    """Open a dispute of a charge. The funds are withdrawn at once, except for an inquiry."""
    now = int(context.now)
    dispute = {
        "id": ids.new("du_1"),
        "object": "dispute",
        "amount": charge.amount_captured,
        "balance_transactions": [],
        "charge": charge.id,
        "created": now,
        "currency": charge.currency,
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": now // 86_400 * 86_400 + (_DAYS_TO_ANSWER + 1) * 86_400 - 1,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": "10.4",
        "payment_intent": charge.intent,
        "payment_method_details": {"card": {"brand": "visa", "case_type": "chargeback"}, "type": "card"},
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    refunds_and_disputes.put(db, "dispute", dispute)
    payments.put_charge(db, replace(charge, disputed=not inquiry))
    kinds = ["charge.dispute.created", *([] if inquiry else ["charge.dispute.funds_withdrawn"])]
    events.write_events(db, context, kinds, dispute)
    return dispute


def set_status(db: sqlite3.Connection, context: Context, dispute: dict[str, Any], status: str) -> dict[str, Any]:
    """Set the status of a dispute and write the events of this change."""
    after = {**dispute, "status": status}
    refunds_and_disputes.put(db, "dispute", after)
    kinds = ["charge.dispute.updated"]
    if status not in _OPEN:
        kinds.append("charge.dispute.closed")
    if status == "won":
        kinds.append("charge.dispute.funds_reinstated")
    events.write_events(db, context, kinds, after)
    return after


def submit_evidence(
    db: sqlite3.Connection,
    context: Context,
    dispute: dict[str, Any],
    *,
    evidence: dict[str, str],
    metadata: dict[str, str],
    submit: bool,
) -> dict[str, Any]:
    """Add evidence and metadata; with `submit` the bank decides."""
    _require_open(dispute)
    if context.now > dispute["evidence_details"]["due_by"]:
        raise invalid("evidence", "The evidence of this dispute was due: it can no longer be answered.")
    details = dispute["evidence_details"]
    given = {**dispute["evidence"], **evidence}
    counted = {
        **details,
        "has_evidence": bool(given),
        "submission_count": details["submission_count"] + int(submit and bool(given)),
    }
    after = {**dispute, "evidence": given, "evidence_details": counted, "metadata": {**dispute["metadata"], **metadata}}
    if not (submit and given):
        return set_status(db, context, after, dispute["status"])
    decided = _BY_EVIDENCE.get(given.get("uncategorized_text", ""))
    return set_status(db, context, after, decided or "under_review")


def close(db: sqlite3.Connection, context: Context, dispute: dict[str, Any]) -> dict[str, Any]:
    """Accept a dispute: it is lost."""
    _require_open(dispute)
    return set_status(db, context, dispute, "lost")


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
    refunds_and_disputes.put(db, "early_fraud_warning", warning)
    events.write_events(db, context, ("radar.early_fraud_warning.created",), warning)
    return warning


def _require_open(dispute: dict[str, Any]) -> None:
    if dispute["status"] not in _OPEN:
        raise StripeError(400, "This dispute is already closed.", code="dispute_already_closed")
