"""What Mercat asks of a payment provider, and how a call may end other than well.

There is no "failed": a call was refused for good, or nobody knows what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from payments.domain.intent import Intent

Health = Literal["closed", "half-open", "open"]


class Unknown(Exception):
    """The call may have taken effect, or not: a timeout, a 5xx, a cut connection, a rate limit, a key in use.

    `key_spent` says that the provider will answer every call with this idempotency key the same way; `sent` is False
    when the call was not made at all.
    """

    def __init__(self, reason: str, *, key_spent: bool = False, sent: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.key_spent = key_spent


class Refused(Exception):
    """The provider read the call and did nothing. `code` is its slug, `message` its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class NewIntent:
    """An intent to hold an amount (minor units) on a card, to be captured later."""

    payment_id: UUID
    order_id: UUID
    amount: int
    currency: str


class PaymentProvider(Protocol):
    """Every call raises Unknown or Refused. `patience`: seconds that the whole call may take."""

    @property
    def health(self) -> Health:
        """Open: calls are not made at present, because none was answered lately. Half-open: one may find out."""

    async def create(self, wanted: NewIntent, key: str, patience: float) -> Intent:
        """Create the intent; the same key gives the same intent, as it was when it was created."""

    async def find(self, payment_id: UUID, since: datetime, until: datetime) -> Intent | None:
        """The intent that was created between these moments for a payment, if one was."""

    async def retrieve(self, intent_id: str) -> Intent:
        """The intent as it is now."""

    async def capture(self, intent_id: str, key: str) -> Intent:
        """Take all that is held."""

    async def cancel(self, intent_id: str, key: str) -> Intent:
        """Give back what is held; the intent cannot be paid any more."""
