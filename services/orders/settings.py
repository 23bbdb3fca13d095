"""Settings of the orders service, beside those of every service."""

import hashlib
import hmac
from pathlib import Path

from pydantic import Field, field_validator

from chassis.limits import rate
from chassis.mail import MailSettings
from chassis.web import Email
from orders.domain.holding import Limit, Rules, Scope
from orders.shipping import ShippingSettings

RATES = (
    *("checkout_limit", "checkout_address_limit", "cart_limit", "cart_address_limit", "lookup_limit"),
    *("lookup_address_limit", "link_address_limit", "miss_limit", "new_cart_limit", "new_cart_day_limit"),
)


class OrdersSettings(MailSettings, ShippingSettings):
    """Times in seconds."""

    # How long a shopper has to pay.
    hold_seconds: int = Field(default=900, ge=1, le=86_400)
    # 32 bytes or more, the same for all replicas; without it the service's own key serves.
    order_token_key_file: Path | None = None
    # Requests: of one holder (an account, a guest's token), and of all at one address.
    checkout_limit: str = "10/min"
    checkout_address_limit: str = "600/min"
    cart_limit: str = "120/min"
    cart_address_limit: str = "3000/min"
    lookup_limit: str = "60/min"
    lookup_address_limit: str = "3000/min"
    # Links to orders, asked for by number and e-mail address: requests of an address, and mails to a mailbox.
    link_address_limit: str = "60/min"
    link_mails_per_day: int = Field(default=5, ge=0)
    # Tokens of carts and orders that do not exist.
    miss_limit: str = "30/min"
    # New carts of guests.
    new_cart_limit: str = "1200/h"
    new_cart_day_limit: str = "5000/d"
    # What may be held unpaid (see domain/holding.py); lapsed: orders of the last 24 hours that ended unpaid.
    unpaid_orders_per_holder: int = Field(default=3, ge=1)
    unpaid_units_per_holder: int = Field(default=100, ge=1)
    lapsed_orders_per_holder: int = Field(default=10, ge=1)
    unpaid_orders_per_address: int = Field(default=600, ge=1)
    unpaid_units_per_address: int = Field(default=400, ge=1)
    lapsed_orders_per_address: int = Field(default=1_000, ge=1)
    unpaid_orders_per_network: int = Field(default=2_000, ge=1)
    unpaid_units_per_network: int = Field(default=2_000, ge=1)
    lapsed_orders_per_network: int = Field(default=3_000, ge=1)
    # Of one variant a holder, and an address, may hold so many pieces, or this share of what can be had.
    unpaid_pieces_of_variant: int = Field(default=10, ge=1)
    unpaid_percent_of_variant: int = Field(default=50, ge=0, le=100)
    # Mails about orders that ended unpaid, to one address.
    unpaid_mails_per_day: int = Field(default=3, ge=0)
    # Told when a limit of what may be held is reached, at most once an hour for each. Empty: nobody.
    staff_email: Email | None = None

    @field_validator("staff_email", mode="before")
    @classmethod
    def _nobody(cls, value: object) -> object:
        return value or None

    @field_validator(*RATES)
    @classmethod
    def _a_rate(cls, value: str) -> str:
        return rate(value)

    @property
    def holding(self) -> Rules:
        """How much may be held unpaid, by scope."""
        limits = {
            scope: Limit(
                getattr(self, f"unpaid_orders_per_{scope}"),
                getattr(self, f"unpaid_units_per_{scope}"),
                getattr(self, f"lapsed_orders_per_{scope}"),
            )
            for scope in Scope
        }
        return Rules(limits, self.unpaid_pieces_of_variant, self.unpaid_percent_of_variant)

    def order_token_key(self) -> bytes:
        """The key from which guests' order tokens are derived.

        Raises:
            OSError, ValueError: the file cannot be read, or holds less than 32 bytes.
        """
        return self._derived(b"mercat order tokens")

    def holder_key(self) -> bytes:
        """The key of the hashes of who holds what. Raises as order_token_key."""
        return self._derived(b"mercat order holders")

    def _derived(self, purpose: bytes) -> bytes:
        secret = (self.order_token_key_file or self.service_key_file).read_bytes()
        if len(secret) < 32:
            raise ValueError("ORDER_TOKEN_KEY_FILE must hold at least 32 bytes")
        return hmac.digest(secret, purpose, hashlib.sha256)
