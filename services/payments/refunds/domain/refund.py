"""A refund of a captured payment, and how the provider's answers about it are merged.

Answers and webhooks come late, twice, in any order, or not at all. So the merge only moves forward: requested <
accepted (pending, requires action) < succeeded < failed or canceled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

import msgspec
from msgspec.structs import replace

from chassis.values import Money
from payments.domain import ledger
from payments.domain.case import Case
from payments.domain.ledger import Account, Entry, Kind

Status = Literal["requested", "pending", "requires_action", "succeeded", "failed", "canceled"]
Reason = Literal["requested_by_customer", "duplicate", "fraudulent", "other"]
Origin = Literal["shop", "provider"]
Told = Literal["pending", "succeeded", "failed"]
STATUSES: tuple[Status, ...] = get_args(Status)
REASONS: tuple[Reason, ...] = get_args(Reason)
UNDONE = frozenset({"failed", "canceled"})
OPEN = frozenset({"requested", "pending", "requires_action"})
_STEPS: dict[Status, int] = {
    "requested": 0,
    "pending": 1,
    "requires_action": 1,
    "succeeded": 2,
    "failed": 3,
    "canceled": 3,
}
LONGEST_FAILURE = 200


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """A refund. `amount` in minor units. The columns of the table `refunds` explain the rest.

    `order_id` and `intent_id` are its payment's; `key_spent`: the provider may have deleted the idempotency key.
    """

    id: UUID
    payment_id: UUID
    order_id: UUID
    intent_id: str | None = None
    amount: int
    currency: str
    reason: Reason
    origin: Origin
    manual: bool = False
    status: Status
    key: str
    key_spent: bool = False
    provider_id: str | None = None
    failure: str | None = None
    accepted_at: datetime | None = None
    checks: int = 0
    version: int = 1
    trace: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def money(self) -> Money:
        """What goes back."""
        return Money(self.amount, self.currency)

    @property
    def counts(self) -> bool:
        """Whether it lessens what may still go back."""
        return self.status not in UNDONE

    @property
    def told(self) -> Told:
        """Its status in the words that orders knows."""
        if self.status in UNDONE:
            return "failed"
        return "succeeded" if self.status == "succeeded" else "pending"


@dataclass(frozen=True, slots=True)
class Booking:
    """A transaction of the ledger that a refund makes."""

    kind: Kind
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A refund after what was learned of it. `booking`: what the ledger gets; `fact`: what is told to orders."""

    refund: Refund
    booking: Booking | None = None
    fact: Literal["refunded", "failed"] | None = None


def merge(refund: Refund, case: Case) -> Change:
    """The refund after an answer of the provider about it."""
    status = status_of(case)
    if refund.status in UNDONE or status == refund.status or _STEPS[status] < _STEPS[refund.status]:
        return Change(refund)
    known = replace(refund, status=status, provider_id=case.id, checks=0)
    if status in UNDONE:
        return undone(known, case.reason if case.reason and case.reason not in REASONS else status)
    return accepted(known)


def accepted(refund: Refund, account: Account = "provider_receivable") -> Change:
    """The money goes back: booked once, from the account that pays it."""
    if refund.accepted_at is not None:
        return Change(refund)
    entries = ledger.move(refund.money, debit="customer_orders", credit=account)
    return Change(refund, Booking("refund", entries), "refunded")


def undone(refund: Refund, why: str) -> Change:
    """The money did not go back, or came back: what was booked is reversed. Orders is told of what it knows."""
    status: Status = "canceled" if refund.status == "canceled" else "failed"
    after = replace(refund, status=status, failure=why[:LONGEST_FAILURE])
    if refund.accepted_at is not None:
        return Change(after, Booking("refund_reversal", ledger.of_refund_reversal(refund.money)), "failed")
    return Change(after, None, "failed" if refund.origin == "shop" else None)


def status_of(case: Case) -> Status:
    """The provider's status. One that is not known here is taken for pending: the refund exists."""
    return case.status if case.status in _STEPS else "pending"


def of_case(case: Case, refund_id: UUID, payment_id: UUID, order_id: UUID, origin: Origin) -> Refund:
    """A refund that the provider knows and we do not yet, as if it had just been asked for: merge the case next."""
    reason: Reason = case.reason if case.reason in REASONS else "other"
    return Refund(
        id=refund_id,
        payment_id=payment_id,
        order_id=order_id,
        amount=case.amount,
        currency=case.currency,
        reason=reason,
        origin=origin,
        status="requested",
        key=f"refund-{refund_id}",
        created_at=case.created_at,
        updated_at=case.created_at,
    )
