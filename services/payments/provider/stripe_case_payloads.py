"""Decodes Stripe's refunds, disputes and early fraud warnings. Only the fields named here are used."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from payments.domain.case import Case, Kind
from payments.provider.amounts import from_provider
from payments.provider.stripe_movements import movements_in
from payments.provider.stripe_payloads import Unreadable, uuid_or_none


class _Evidence(msgspec.Struct, frozen=True):
    due_by: int | None = None


class _Case(msgspec.Struct, frozen=True):
    id: str
    object: str
    created: int
    payment_intent: str | None = None
    amount: int = 0
    currency: str = ""
    status: str | None = None
    reason: str | None = None
    failure_reason: str | None = None
    fraud_type: str | None = None
    actionable: bool = True
    evidence_details: _Evidence | None = None
    balance_transactions: list[Any] = []
    metadata: dict[str, str] | None = None


OBJECTS: dict[str, Kind] = {
    "refund": "refund",
    "dispute": "dispute",
    "radar.early_fraud_warning": "fraud_warning",
}


def case_of(kind: Kind, document: dict[str, Any]) -> Case:
    """The case in a JSON object that Stripe answered.

    Raises:
        Unreadable: it is none.
    """
    try:
        read = msgspec.convert(document, _Case)
        created = datetime.fromtimestamp(read.created, UTC)
        due = read.evidence_details.due_by if read.evidence_details else None
        due_by = datetime.fromtimestamp(due, UTC) if due else None
        movements = movements_in(read.balance_transactions) if kind == "dispute" else ()
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError) as wrong:
        raise Unreadable(str(wrong)) from None
    if OBJECTS.get(read.object) != kind:
        raise Unreadable(f"it is no {kind}")
    amount = from_provider(read.amount, read.currency.upper())
    if amount is None:
        raise Unreadable(f"{read.amount} {read.currency} is no amount of ours")
    if kind == "fraud_warning":
        status, reason = "actionable" if read.actionable else "not_actionable", read.fraud_type
    else:
        status, reason = read.status or "succeeded", read.failure_reason or read.reason
    ours = read.metadata or {}
    return Case(
        id=read.id,
        kind=kind,
        intent_id=read.payment_intent or "",
        status=status[:100],
        reason=reason[:200] if reason else None,
        amount=amount,
        currency=read.currency.upper(),
        due_by=due_by,
        created_at=created,
        movements=movements,
        refund_id=uuid_or_none(ours.get("refund_id")),
        payment_id=uuid_or_none(ours.get("payment_id")),
    )
