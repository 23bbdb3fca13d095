"""Merges snapshots of the provider's intent into a payment.

Webhooks come late, twice, in any order, or not at all. The merge therefore depends on no order: it only moves forward
(open < authorised < cancelled < captured), and any number of the same snapshots in any order has the same result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec.structs import replace

from payments.domain.payment import Payment, PaymentStatus, reached

Fact = Literal["authorised", "declined", "captured", "cancelled"]
Mismatch = Literal["intent", "payment", "order", "amount", "currency", "amount_received"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Why a try was declined. `reference` identifies the try: the charge, or the payment method."""

    reference: str
    code: str
    message: str


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot of the provider's PaymentIntent. Amounts in our minor units, None where they are no whole number of
    them; `status` in the provider's words; `shop`: the address of the shop that made it.
    """

    id: str
    status: str
    amount: int | None
    currency: str
    amount_received: int | None
    payment_id: str
    order_id: str
    shop: str = ""
    client_secret: str | None = None
    decline: Decline | None = None
    cancellation_reason: str | None = None
    methods: bool = True
    """Whether there is any way to pay it: the account may have none switched on."""

    def __repr__(self) -> str:
        """Without the client secret."""
        return f"Intent({self.id}, {self.status})"

    @property
    def open(self) -> bool:
        """Whether it can still be paid or cancelled: two snapshots of it do not show which one is newer."""
        return self.status not in {"requires_capture", "succeeded", "canceled"}


@dataclass(frozen=True, slots=True)
class Change:
    """The payment after a merge, and the facts to publish, in order.

    `against_our_will`: the payment was captured while it was being cancelled. Staff must refund it.
    """

    payment: Payment
    facts: tuple[Fact, ...] = ()
    against_our_will: bool = False


def mismatch(payment: Payment, intent: Intent) -> Mismatch | None:
    """The field in which the intent differs from the payment, or None. Such an intent must change nothing."""
    if payment.manual or payment.intent_id not in {None, intent.id}:
        return "intent"
    if intent.payment_id != str(payment.id):
        return "payment"
    if intent.order_id != str(payment.order_id):
        return "order"
    if intent.status == "canceled" and intent.amount_received == 0:
        return None  # nothing is held and nothing was taken, whatever its amount was changed to before
    if intent.amount != payment.amount:
        return "amount"
    if intent.currency != payment.currency:
        return "currency"
    if intent.status == "succeeded" and intent.amount_received != payment.amount:
        return "amount_received"
    return None


def merge(payment: Payment, intent: Intent) -> Change:
    """The payment after a snapshot of its own intent."""
    adopted = payment
    if payment.intent_id is None and intent.client_secret is not None:
        status: PaymentStatus = "requires_payment" if payment.status == "created" else payment.status
        adopted = replace(payment, intent_id=intent.id, client_secret=intent.client_secret, status=status, checks=0)
    if adopted.intent_id is None:
        return Change(payment)  # its secret is not known yet: the intent has to be asked for first
    match intent.status:
        case "succeeded":
            return _captured(adopted)
        case "canceled":
            return _cancelled(adopted, intent.cancellation_reason or "provider")
        case "requires_capture":
            return _authorised(adopted)
        case _:
            return _declined(adopted, intent.decline)


def _captured(payment: Payment) -> Change:
    if payment.status == "captured":
        return Change(payment)
    late = payment.status in {"cancelling", "cancelled"}
    missed: tuple[Fact, ...] = ("authorised",) if payment.status == "requires_payment" else ()
    return Change(reached(payment, "captured"), (*missed, "captured"), against_our_will=late)


def _cancelled(payment: Payment, reason: str) -> Change:
    if payment.settled:
        return Change(payment)
    return Change(replace(reached(payment, "cancelled"), cancel_reason=payment.cancel_reason or reason), ("cancelled",))


def _authorised(payment: Payment) -> Change:
    if payment.status != "requires_payment":
        return Change(payment)
    return Change(reached(payment, "authorised"), ("authorised",))


def _declined(payment: Payment, decline: Decline | None) -> Change:
    if decline is None or payment.status != "requires_payment" or payment.decline_reference == decline.reference:
        return Change(payment)
    told = replace(
        payment,
        decline_reference=decline.reference,
        decline_code=decline.code,
        decline_message=decline.message,
    )
    return Change(told, ("declined",))


def refused(payment: Payment) -> Change:
    """The payment is cancelled as the provider refused for good to create its intent."""
    return _cancelled(payment, "refused_by_provider")
