"""What the API takes. Amounts in minor units of the currency."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from chassis.schemas import Currency, Email, Model, MoneyModel, PersonName, Quantity, VisibleLine
from orders.countries import CODES
from orders.domain.cards import holds_card_number
from orders.domain.pricing import MAX_LINES

VARIANT = "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c01"


def _no_card(value: str) -> str:
    if holds_card_number(value):
        raise PydanticCustomError("card_number", "This looks like a card number: never type one here")
    return value


def _country(value: str) -> str:
    if value not in CODES:
        raise PydanticCustomError("country", "This is not an ISO 3166-1 alpha-2 code, such as DE")
    return value


Typed = Annotated[VisibleLine, AfterValidator(_no_card)]
VariantId = Annotated[UUID, Field(examples=[VARIANT])]


class Address(Model):
    """Where it is shipped to."""

    name: Annotated[PersonName, AfterValidator(_no_card)]
    line1: Annotated[Typed, Field(examples=["12 St James's Square"])]
    line2: Annotated[Typed | None, Field(examples=[None])] = None
    city: Annotated[Typed, Field(max_length=120, examples=["London"])]
    postal_code: Annotated[Typed, Field(max_length=16, examples=["SW1Y 4LE"])]
    region: Annotated[Typed | None, Field(description="State or province", examples=[None])] = None
    country: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Z]{2}$"),
        AfterValidator(_country),
        Field(description="ISO 3166-1 alpha-2", examples=["GB"]),
    ]
    phone: Annotated[
        str | None, StringConstraints(pattern=r"^\+?[0-9 ()./-]{4,25}$"), Field(examples=["+44 20 7946 0958"])
    ] = None


class WantedLine(Model):
    """So many pieces of a variant. A variant on several lines counts as one line of the sum."""

    variant_id: VariantId
    quantity: Quantity


class NewCart(Model):
    """A guest's cart."""

    currency: Currency | None = Field(default=None, description="One that the shop sells in; its default if not named")


class PutLine(Model):
    """How many pieces are wanted in all."""

    quantity: Quantity


class NewOrderRequest(Model):
    """An order of these lines; without `lines`, of the cart, which is used up by it."""

    email: Email
    shipping_address: Address | None = Field(
        default=None,
        description="Needed where something is shipped (the cart's `requires_shipping`); not kept otherwise",
    )
    expected_total: MoneyModel = Field(
        description="What the shopper has been shown, shipping and rounding included; nothing is ordered if it changed",
        examples=[{"amount": 3000, "currency": "EUR"}],
    )
    lines: Annotated[list[WantedLine] | None, Field(min_length=1, max_length=MAX_LINES)] = None
    currency: Currency | None = Field(
        default=None, description="One that the shop sells in; the cart's, or the shop's default, if not named"
    )
