"""What the book keeps of a payment, as plain values. Amounts are integer minor units, times Unix seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal[
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "processing",
    "requires_capture",
    "canceled",
    "succeeded",
]


@dataclass(frozen=True, slots=True)
class Intent:
    """`card` names the test card behind `payment_method`; `failure` is the `last_payment_error` as it is answered.

    `stripe_sdk` says that Stripe.js shows 3-D Secure, over the page that confirmed.
    """

    id: str
    client_secret: str
    created: int
    amount: int
    currency: str
    capture_method: str
    status: Status = "requires_payment_method"
    metadata: dict[str, str] = field(default_factory=dict)
    allow_redirects: str | None = "always"
    only_cards: bool = False
    description: str | None = None
    receipt_email: str | None = None
    statement_descriptor: str | None = None
    statement_descriptor_suffix: str | None = None
    shipping: dict[str, Any] | None = None
    payment_method: str | None = None
    card: str | None = None
    return_url: str | None = None
    stripe_sdk: bool = False
    latest_charge: str | None = None
    failure: dict[str, Any] | None = None
    amount_capturable: int = 0
    amount_received: int = 0
    canceled_at: int | None = None
    cancellation_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """One attempt on a card. `amount_refunded` also counts what an uncaptured authorisation gave back."""

    id: str
    intent: str
    created: int
    amount: int
    currency: str
    payment_method: str
    card: str
    succeeded: bool
    captured: bool = False
    amount_captured: int = 0
    amount_refunded: int = 0
    metadata: dict[str, str] = field(default_factory=dict)
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Movement:
    """What happened to money, for the book: once written it is never changed."""

    kind: Literal["authorise", "capture", "void", "decline"]
    amount: int


@dataclass(frozen=True, slots=True)
class Step:
    """All that one change writes: the intent as it is now, its charge if that is new or changed, movements, events."""

    intent: Intent
    charge: Charge | None = None
    movements: tuple[Movement, ...] = ()
    events: tuple[str, ...] = ()

    @property
    def declined(self) -> bool:
        return any(movement.kind == "decline" for movement in self.movements)


@dataclass(frozen=True, slots=True)
class Method:
    """A PaymentMethod of one use: an id of its own over the name of a test card."""

    id: str
    card: str


@dataclass(frozen=True, slots=True)
class Token:
    """A ConfirmationToken: what a person typed. `intent` is the one that has been confirmed with it."""

    id: str
    created: int
    method: Method
    return_url: str | None = None
    intent: str | None = None


class UnexpectedState(Exception):
    """The intent's status forbids it; the edge answers 400 `payment_intent_unexpected_state` with the intent inside."""

    def __init__(self, intent: Intent, message: str) -> None:
        super().__init__(message)
        self.intent = intent
