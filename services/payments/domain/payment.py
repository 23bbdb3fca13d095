"""The aggregate Payment: its states, and how capture and cancellation change them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

import msgspec
from msgspec.structs import replace

from payments.domain.attention import Attention

PaymentStatus = Literal["created", "requires_payment", "authorised", "capturing", "captured", "cancelling", "cancelled"]
STATUSES: tuple[PaymentStatus, ...] = get_args(PaymentStatus)
SETTLED = frozenset({"captured", "cancelled"})
Method = Literal["card", "bank_transfer", "cash"]
"""How an order is paid. All but "card" are manual: without the provider, and marked received by staff."""
METHODS: tuple[Method, ...] = get_args(Method)

TOO_MANY_DECLINES = "too_many_declines"
"""Why a payment is cancelled that was tried with too many cards."""

NO_CURRENCY = "XXX"
"""ISO 4217's code for "no currency": of a tombstone, which stands for an order cancelled before it had a payment."""


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """An order's payment. `amount` in minor units. The columns of the table `payments` explain the rest.

    `version` grows with every write, `facts` with every event published. A struct: a paid
    order makes about 12 of them, and a frozen dataclass of so many fields takes 50 times as long to make.
    """

    id: UUID
    order_id: UUID
    amount: int
    currency: str
    method: Method = "card"
    status: PaymentStatus
    intent_id: str | None = None
    client_secret: str | None = None
    create_key: str
    create_key_at: datetime
    operation_key: str | None = None
    decline_reference: str | None = None
    decline_code: str | None = None
    decline_message: str | None = None
    cancel_reason: str | None = None
    provider_state_known_at: datetime | None = None
    next_check_at: datetime | None = None
    checks: int = 0
    version: int = 1
    facts: int = 0
    created_at: datetime
    updated_at: datetime
    captured_at: datetime | None = None
    details: dict[str, Any] | None = None
    attention: Attention | None = None
    attention_detail: str | None = None
    trace: str | None = None

    def __repr__(self) -> str:
        """Without the client secret and what is personal."""
        return f"Payment({self.id}, {self.status})"

    @property
    def settled(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.status in SETTLED

    @property
    def manual(self) -> bool:
        """Whether the money comes without the provider."""
        return self.method != "card"

    @property
    def payable_secret(self) -> str | None:
        """The client secret while the shopper can pay, else None."""
        return self.client_secret if self.status == "requires_payment" else None


class NotAuthorised(ValueError):
    """There is no authorisation to capture."""


def begin_capture(payment: Payment) -> Payment:
    """The payment being captured; unchanged if its capture has begun already.

    Raises:
        NotAuthorised: nothing is held on the card, or it is being given back.
    """
    match payment.status:
        case "authorised":
            return replace(payment, status="capturing", operation_key=f"capture-{payment.id}", checks=0)
        case "capturing" | "captured":
            return payment
        case _:
            raise NotAuthorised(payment.status)


def begin_cancelling(payment: Payment, reason: str) -> Payment:
    """The payment being cancelled; unchanged if it is settled, or its capture has begun and can only be refunded.

    A manual one is cancelled at once, as the provider does not know it.
    """
    if payment.manual and not payment.settled:
        return replace(payment, status="cancelled", cancel_reason=reason)
    if payment.status in {"created", "requires_payment", "authorised"}:
        return replace(
            _without_decline(payment),
            status="cancelling",
            operation_key=f"cancel-{payment.id}",
            cancel_reason=reason,
            checks=0,
        )
    return payment


def _without_decline(payment: Payment) -> Payment:
    return replace(payment, decline_reference=None, decline_code=None, decline_message=None)


def reached(payment: Payment, status: PaymentStatus) -> Payment:
    """The payment in a status that the provider has confirmed: no decline and no earlier checks count any more."""
    return replace(_without_decline(payment), status=status, checks=0)


def next_key(key: str) -> str:
    """A key for a new try of an operation whose key is spent: "capture-x" -> "capture-x.2" -> "capture-x.3"."""
    stem, _, number = key.partition(".")
    return f"{stem}.{int(number or 1) + 1}"
