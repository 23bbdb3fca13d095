"""The interface of a payment provider, and the errors of its calls.

No call ends as "failed": it was refused for good, or its outcome is unknown.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from payments.domain.case import Case, Kind
from payments.domain.intent import Intent

Health = Literal["closed", "half-open", "open"]
Lane = Literal["checkout", "background"]
"""Whether a shopper waits for the call. Each lane has its own breaker."""


class Unknown(Exception):
    """The call may have taken effect or not: a timeout, a 5xx, a cut connection.

    `key_spent` says that the provider will answer every call with this idempotency key the same way; `sent` is False
    when the call was not made at all.
    """

    def __init__(self, reason: str, *, key_spent: bool = False, sent: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.key_spent = key_spent


class Busy(Unknown):
    """The provider is well and did nothing now: too many calls, an object or an idempotency key in use. `retry_after`:
    seconds that it asked for; `first_pause`: how long the first wait should be where it asked for none.
    """

    def __init__(
        self, reason: str, *, retry_after: float | None = None, first_pause: float = 0.25, sent: bool = True
    ) -> None:
        super().__init__(reason, sent=sent)
        self.retry_after = retry_after
        self.first_pause = first_pause


class Misconfigured(Unknown):
    """The provider refuses our key, account or parameters. `code` is its slug, `message` its sentence. Staff must
    change the set-up; the order stays payable.
    """

    def __init__(self, code: str, message: str, *, key_spent: bool = False) -> None:
        super().__init__(code, key_spent=key_spent)
        self.code = code
        self.message = message


class Refused(Exception):
    """The provider read the call and did nothing. `code` is its slug, `message` its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class NewIntent:
    """An intent to hold an amount (minor units) on a card, to be captured later. `details` are shown to staff in the
    provider's dashboard: `number`, `email` (for the provider's receipt), `shipping`.
    """

    payment_id: UUID
    order_id: UUID
    amount: int
    currency: str
    details: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NewRefund:
    """A refund of a captured intent. `amount` in minor units; `reason` in the words of payments.refunds."""

    refund_id: UUID
    payment_id: UUID
    order_id: UUID
    intent_id: str
    amount: int
    currency: str
    reason: str


class PaymentProvider(Protocol):
    """Every call raises Unknown or Refused. `patience`: seconds that the whole call may take."""

    def health(self, lane: Lane) -> Health:
        """Open: calls are not made at present, because none was answered lately. Half-open: one may find out."""

    async def create(self, wanted: NewIntent, key: str, *, lane: Lane, patience: float) -> Intent:
        """Create the intent; the same key gives the same intent, as it was when it was created."""

    async def find(self, payment_id: UUID, since: datetime, until: datetime, *, lane: Lane) -> Intent | None:
        """The payable intent that was created between these moments for a payment, if one was."""

    def intents_since(self, moment: datetime) -> AsyncIterator[Intent]:
        """This shop's intents that were created since then, the newest first. One made by the version before names no
        shop, and is left out.
        """

    def events_since(self, moment: datetime, types: Collection[str] = ()) -> AsyncIterator[dict[str, Any]]:
        """What the provider has told since then, the newest first, as its webhooks told it; for 30 days. `types`: only
        events of these, 20 at most.
        """

    async def retrieve(self, intent_id: str, *, patience: float = ...) -> Intent:
        """The intent as it is now."""

    async def capture(self, intent_id: str, key: str) -> Intent:
        """Take all that is held."""

    async def cancel(self, intent_id: str, key: str) -> Intent:
        """Give back what is held; the intent cannot be paid any more."""

    async def case(self, kind: Kind, case_id: str) -> Case:
        """A refund, dispute or warning as it is now."""

    async def refund(self, wanted: NewRefund, key: str) -> Case:
        """Give an amount back; the same key gives the same refund, as it was when it was made."""

    async def refunds_of(self, *, charge_id: str = "", intent_id: str = "") -> list[Case]:
        """The refunds of a charge, or of an intent's charges, the newest 1,000 at most."""
