"""The records in the database. Amounts are integers in minor units, times are Unix seconds."""

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
    """A PaymentIntent. `card` is the name of the test card of `payment_method`.

    `failure` is Stripe's `last_payment_error`. `stripe_sdk`: Stripe.js shows 3-D Secure. `method_usage` is what the
    payment method was saved for.
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
    customer: str | None = None
    setup_future_usage: str | None = None
    method_usage: str | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """One attempt to charge a card. `amount_refunded` includes released authorisations.

    `decline` is the decline code if it is not the card's own.
    """

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
    balance_transaction: str | None = None
    customer: str | None = None
    decline: str | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement of money; its row is never changed."""

    kind: Literal["authorise", "capture", "void", "decline"]
    amount: int


@dataclass(frozen=True, slots=True)
class Step:
    """What one change writes: the intent, its charge if that changed, new movements and event types."""

    intent: Intent
    charge: Charge | None = None
    movements: tuple[Movement, ...] = ()
    events: tuple[str, ...] = ()

    @property
    def declined(self) -> bool:
        """Whether the card was declined in this step."""
        return any(movement.kind == "decline" for movement in self.movements)


@dataclass(frozen=True, slots=True)
class Method:
    """A PaymentMethod: its id and the name of its test card, "" if a saved one has yet to be found by its id.

    `usage` is what it was saved for, `on_session` or `off_session`; None if it was not saved.
    """

    id: str
    card: str
    usage: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A ConfirmationToken. `intent` is the intent that was confirmed with it."""

    id: str
    created: int
    method: Method
    return_url: str | None = None
    intent: str | None = None
    setup_future_usage: str | None = None


class UnexpectedState(Exception):
    """The intent's status forbids the operation: 400 `payment_intent_unexpected_state` with the intent."""

    def __init__(self, intent: Intent, message: str) -> None:
        super().__init__(message)
        self.intent = intent
