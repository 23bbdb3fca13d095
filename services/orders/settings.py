"""Settings of the orders service, beside those of every service."""

import hashlib
import hmac
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from chassis.limits import rate
from chassis.mail import MailSettings
from chassis.web import Email
from orders.payment_methods import CARD, DAY, LONGEST_HOLD_DAYS, Method, is_manual
from orders.shipping import ShippingSettings
from orders.shop_identity import ShopSettings

RATES = (
    *("checkout_limit", "checkout_address_limit", "cart_limit", "cart_address_limit", "lookup_limit"),
    *("lookup_address_limit", "link_address_limit", "miss_limit", "new_cart_limit", "new_cart_day_limit"),
    "code_miss_limit",
)


class OrdersSettings(MailSettings, ShippingSettings, ShopSettings):
    """Times in seconds."""

    # How long a shopper has to pay.
    hold_seconds: int = Field(default=900, ge=1, le=86_400)
    # The ways to pay that the shop offers, with commas: card, bank_transfer, cash. Payments has the same setting.
    payment_methods: Annotated[list[Method], NoDecode] = Field(default=[CARD], min_length=1)
    # For how many days an order that is paid by bank transfer or in cash waits for its money, its stock held.
    manual_hold_days: int = Field(default=7, ge=1, le=LONGEST_HOLD_DAYS)
    # The file of 32 bytes or more, the same for all replicas, from which guests' tokens are made; without it the
    # service's own key serves.
    order_token_key_file: Path | None = None
    # Orders placed by one holder: an account, or a guest's token.
    checkout_limit: str = "10/min"
    # Orders placed from one address.
    checkout_address_limit: str = "600/min"
    # Requests about a cart by one holder.
    cart_limit: str = "120/min"
    # Requests about carts from one address.
    cart_address_limit: str = "3000/min"
    # Requests about orders by one holder.
    lookup_limit: str = "60/min"
    # Requests about orders from one address.
    lookup_address_limit: str = "3000/min"
    # Links to orders, asked for by number and e-mail address: requests of one address.
    link_address_limit: str = "60/min"
    # Mails with such a link to one mailbox.
    link_mails_per_day: int = Field(default=5, ge=0)
    # Tokens of carts and orders that do not exist, from one address.
    miss_limit: str = "30/min"
    # Unknown codes of discounts, by one account, or by guests from one address.
    code_miss_limit: str = "30/h"
    # New carts of guests from one address.
    new_cart_limit: str = "1200/h"
    # New carts of guests from one address in a day.
    new_cart_day_limit: str = "5000/d"
    # Unpaid orders of one holder (see checkout/domain/holding.py).
    unpaid_orders_per_holder: int = Field(default=3, ge=1)
    # Pieces in unpaid orders of one holder.
    unpaid_units_per_holder: int = Field(default=100, ge=1)
    # Orders of one holder that ended unpaid in the last 24 hours.
    lapsed_orders_per_holder: int = Field(default=10, ge=1)
    # Unpaid orders of one address.
    unpaid_orders_per_address: int = Field(default=600, ge=1)
    # Pieces in unpaid orders of one address.
    unpaid_units_per_address: int = Field(default=400, ge=1)
    # Orders of one address that ended unpaid in the last 24 hours.
    lapsed_orders_per_address: int = Field(default=1_000, ge=1)
    # Unpaid orders of one network: a /24, or a /48.
    unpaid_orders_per_network: int = Field(default=2_000, ge=1)
    # Pieces in unpaid orders of one network.
    unpaid_units_per_network: int = Field(default=2_000, ge=1)
    # Orders of one network that ended unpaid in the last 24 hours.
    lapsed_orders_per_network: int = Field(default=3_000, ge=1)
    # Pieces of one variant that a holder, or an address, may hold in any case.
    unpaid_pieces_of_variant: int = Field(default=10, ge=1)
    # The share of a variant's stock that they may hold, where that is more.
    unpaid_percent_of_variant: int = Field(default=50, ge=0, le=100)
    # Unpaid orders of one holder that are to be paid by bank transfer or in cash: they hold stock for days.
    manual_orders_per_holder: int = Field(default=2, ge=1)
    # Such orders of one address.
    manual_orders_per_address: int = Field(default=10, ge=1)
    # Such orders of one network.
    manual_orders_per_network: int = Field(default=40, ge=1)
    # Pieces of one variant that such orders of a holder, or of an address, may hold in any case.
    manual_pieces_of_variant: int = Field(default=2, ge=1)
    # The share of a variant's stock that they may hold, where that is more.
    manual_percent_of_variant: int = Field(default=10, ge=0, le=100)
    # Mails about orders that are not paid, to one address: how to pay, and that they ended.
    unpaid_mails_per_day: int = Field(default=3, ge=0)
    # For how many days the stock of a draft order is held once it is sent: so long it can be paid.
    draft_hold_days: int = Field(default=7, ge=1, le=LONGEST_HOLD_DAYS)
    # After how many days a draft order that nobody has changed is deleted. An order that came of it stays.
    draft_keep_days: int = Field(default=90, ge=1, le=3650)
    # For how many days after the delivery, or the sending, a shopper may ask for a return. 0: never.
    return_days: int = Field(default=30, ge=0, le=3650)
    # For how many years after the end of the year of its date an invoice or credit note of an erased person is kept as
    # it was written: as long as the tax law of the shop's country asks for. Then its buyer is taken out.
    document_keep_years: int = Field(default=10, ge=1, le=30)
    # Who is told when a limit of what may be held is reached, at most once an hour for each. Empty: nobody.
    staff_email: Email | None = None

    @field_validator("staff_email", mode="before")
    @classmethod
    def _nobody(cls, value: object) -> object:
        return value or None

    @field_validator("payment_methods", mode="before")
    @classmethod
    def _with_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return list(dict.fromkeys(name.strip() for name in value.split(",") if name.strip())) or [CARD]

    @field_validator(*RATES)
    @classmethod
    def _a_rate(cls, value: str) -> str:
        return rate(value)

    def time_to_pay(self, method: str) -> int:
        """How many seconds an order waits for a payment of this method."""
        return self.manual_hold_days * DAY if is_manual(method) else self.hold_seconds

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
