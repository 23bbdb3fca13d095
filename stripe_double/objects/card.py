"""What a test card is, and what its decline is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Decline:
    """The fields of the `card_error` for a declined card."""

    code: str
    decline_code: str
    message: str
    param: str | None = None

    @property
    def advice(self) -> str:
        """Stripe's advice code. Source: https://docs.stripe.com/declines/codes#advice-codes."""
        return _ADVICE.get(self.decline_code, "try_again_later")

    @property
    def network_code(self) -> str:
        """The decline code of the card network."""
        return _NETWORK.get(self.decline_code, "05")


_ADVICE = {
    "expired_card": "confirm_card_data",
    "incorrect_cvc": "confirm_card_data",
    "lost_card": "do_not_try_again",
    "stolen_card": "do_not_try_again",
    "authentication_required": "confirm_card_data",
}
_NETWORK = {
    "insufficient_funds": "51",
    "expired_card": "54",
    "incorrect_cvc": "N7",
    "lost_card": "41",
    "stolen_card": "43",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A test card. `names` are its PaymentMethod ids; `label` is its text on the pay page.

    After the capture it is disputed for the reason `dispute` (as an `inquiry`), or `fraud_warning` creates an early
    fraud warning. `refund_ends` is the final status of its refunds if that differs from the first.
    `available_at_once`: its funds are not pending first. `exempt`: when it needs no 3-D Secure for a payment without
    the shopper. `risk`: what Radar says of it.
    """

    number: str
    label: str
    names: tuple[str, ...]
    brand: str = "visa"
    decline: Decline | None = None
    requires_3ds: bool = False
    dispute: str | None = None
    inquiry: bool = False
    fraud_warning: bool = False
    refund_ends: str | None = None
    available_at_once: bool = False
    risk: Literal["normal", "elevated", "highest"] = "normal"
    exempt: Literal["never", "saved", "always"] = "never"

    @property
    def refuses_to_be_saved(self) -> bool:
        """Whether it is declined when it is saved, and not only when it is charged."""
        return self.decline is not None and not self.requires_3ds and self.name != "pm_card_chargeCustomerFail"

    @property
    def name(self) -> str:
        """The first PaymentMethod id."""
        return self.names[0]

    @property
    def last4(self) -> str:
        """The last four digits of the number."""
        return self.number[-4:]


def declined(decline_code: str, message: str = "Your card was declined.") -> Decline:
    """A decline by the card's bank."""
    return Decline("card_declined", decline_code, message)


AUTHENTICATION_REQUIRED = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)
