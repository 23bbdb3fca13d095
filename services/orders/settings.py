"""Settings of the orders service, beside those of every service."""

import hashlib
import hmac
from pathlib import Path
from typing import Annotated

from fastapi import Depends
from pydantic import Field, field_validator

from chassis.context import Context, context
from chassis.limits import rule
from chassis.mail import MailSettings
from orders.domain.pricing import Shipping


class OrdersSettings(MailSettings):
    """Amounts are minor units of `currency`."""

    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    shipping_flat_rate: int = Field(default=500, ge=0, le=1_000_000)
    shipping_free_from: int | None = Field(default=10_000, ge=0)
    # How long a shopper has to pay.
    hold_seconds: int = Field(default=900, ge=1, le=86_400)
    # 32 bytes or more, the same for all replicas; without it the service's own key serves.
    order_token_key_file: Path | None = None
    checkout_limit: str = "10/min"
    checkout_address_limit: str = "60/min"
    cart_limit: str = "120/min"
    lookup_limit: str = "60/min"

    @field_validator("checkout_limit", "checkout_address_limit", "cart_limit", "lookup_limit")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        rule("any", value)
        return value

    @property
    def shipping(self) -> Shipping:
        return Shipping(self.shipping_flat_rate, self.shipping_free_from)

    def order_token_key(self) -> bytes:
        """The key from which guests' order tokens are derived.

        Raises:
            OSError, ValueError: the file cannot be read, or holds less than 32 bytes.
        """
        secret = (self.order_token_key_file or self.service_key_file).read_bytes()
        if len(secret) < 32:
            raise ValueError("ORDER_TOKEN_KEY_FILE must hold at least 32 bytes")
        return hmac.digest(secret, b"mercat order tokens", hashlib.sha256)


OrdersContext = Context[OrdersSettings]
Ctx = Annotated[OrdersContext, Depends(context)]
