"""Disputes and early fraud warnings: by their test cards when a charge is captured, or on demand.

Sources: https://docs.stripe.com/disputes/api, https://docs.stripe.com/testing#disputes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stripe_double import events, ids, objections, store
from stripe_double.errors import StripeError, invalid

if TYPE_CHECKING:
    import sqlite3

    from stripe_double.operations import Context
    from stripe_double.records import Charge

STATUSES = ("needs_response", "under_review", "won", "lost", "warning_needs_response", "warning_closed")
REASONS = ("fraudulent", "product_not_received", "duplicate", "general", "product_unacceptable", "unrecognized")
_OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
_DAYS_TO_ANSWER = 9
# What the tests of an integration write there decides how it ends.
_BY_EVIDENCE = {"winning_evidence": "won", "losing_evidence": "lost"}


def open_one(
    book: sqlite3.Connection, context: Context, charge: Charge, *, reason: str, inquiry: bool = False
) -> dict[str, Any]:
    """A customer objects at their bank, which takes the money back at once; an inquiry does not."""
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
    objections.put(book, "dispute", dispute)
    store.put_charge(book, replace(charge, disputed=not inquiry))
    kinds = ["charge.dispute.created", *([] if inquiry else ["charge.dispute.funds_withdrawn"])]
    events.tell(book, context, kinds, dispute)
    return dispute


def end(book: sqlite3.Connection, context: Context, dispute: dict[str, Any], status: str) -> dict[str, Any]:
    """The bank has decided, or something else has changed."""
    after = {**dispute, "status": status}
    objections.put(book, "dispute", after)
    kinds = ["charge.dispute.updated"]
    if status not in _OPEN:
        kinds.append("charge.dispute.closed")
    if status == "won":
        kinds.append("charge.dispute.funds_reinstated")
    events.tell(book, context, kinds, after)
    return after


def answer(
    book: sqlite3.Connection,
    context: Context,
    dispute: dict[str, Any],
    *,
    evidence: dict[str, str],
    metadata: dict[str, str],
    submit: bool,
) -> dict[str, Any]:
    """Evidence, kept or sent to the bank."""
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
        return end(book, context, after, dispute["status"])
    decided = _BY_EVIDENCE.get(given.get("uncategorized_text", ""))
    return end(book, context, after, decided or "under_review")


def close(book: sqlite3.Connection, context: Context, dispute: dict[str, Any]) -> dict[str, Any]:
    """Given up: the customer keeps the money."""
    _require_open(dispute)
    return end(book, context, dispute, "lost")


def warn(book: sqlite3.Connection, context: Context, charge: Charge, *, fraud_type: str = "misc") -> dict[str, Any]:
    """The bank thinks that the card was stolen."""
    warning = {
        "id": ids.new("issfr_1"),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge.id,
        "created": int(context.now),
        "fraud_type": fraud_type,
        "livemode": False,
        "payment_intent": charge.intent,
    }
    objections.put(book, "early_fraud_warning", warning)
    events.tell(book, context, ("radar.early_fraud_warning.created",), warning)
    return warning


def _require_open(dispute: dict[str, Any]) -> None:
    if dispute["status"] not in _OPEN:
        raise StripeError(400, "This dispute is already closed.", code="dispute_already_closed")
