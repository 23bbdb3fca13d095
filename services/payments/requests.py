"""The API models of requests of orders. Amounts in minor units."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chassis.web import Currency, Model
from payments.domain.payment import NO_CURRENCY, Method
from payments.schemas import OrderId
from payments.settings import PaymentsSettings

MOST = 999_999_999_999
"""Stripe takes twelve digits at most."""


def _real(currency: str) -> str:
    if currency == NO_CURRENCY:
        raise PydanticCustomError("currency", "XXX stands for no currency")
    return currency


Words = Annotated[str, Field(min_length=1, max_length=1_000)]


class Place(Model):
    """Where an order goes, as far as it is known."""

    line1: Words | None = None
    line2: Words | None = None
    city: Words | None = None
    postal_code: Words | None = None
    state: Words | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["GB"])] | None = None


class Shipping(Model):
    """To whom, and where."""

    name: Words = Field(examples=["Ada Lovelace"])
    address: Place


class PaymentRequest(Model):
    """An order's total, to be held on a card, and what staff see of the order in Stripe's dashboard."""

    order_id: OrderId
    amount: Annotated[int, Field(strict=True, ge=1, le=MOST, description="Minor units (cents)", examples=[4200])]
    currency: Annotated[Currency, AfterValidator(_real)]
    method: Annotated[Method, Field(description="How it is paid", examples=["card"])] = "card"
    order_number: Annotated[str, Field(max_length=40, examples=["M-7F3K9Q"])] | None = None
    email: Annotated[str, Field(max_length=320, description="For Stripe's receipt, where the shop wants it")] | None = (
        None
    )
    shipping: Shipping | None = None
    account_id: Annotated[UUID, Field(description="Whose saved cards may pay it")] | None = None
    address: (
        Annotated[
            str,
            Field(
                pattern="^([0-9a-f]{2}){8,32}$",
                description="A hash of the shopper's network address, in hexadecimal: declines are counted by it",
                examples=["9f86d081884c7d659a2feaa0c55ad015"],
            ),
        ]
        | None
    ) = None

    @property
    def address_hash(self) -> bytes | None:
        """The bytes of `address`."""
        return bytes.fromhex(self.address) if self.address else None

    def details(self, settings: PaymentsSettings) -> dict[str, Any]:
        """The part that is sent to the provider, and stored until then."""
        given = {
            "number": self.order_number,
            "email": self.email if settings.stripe_receipts else None,
            "shipping": self.shipping.model_dump(exclude_none=True) if self.shipping else None,
        }
        return {name: value for name, value in given.items() if value}
