"""Request bodies. Amounts are in minor units of the currency."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from chassis.values import Money
from chassis.web import Currency, Email, Model, MoneyModel, Quantity
from orders.api.addresses import Address
from orders.domain import numbers
from orders.domain.addresses import folded
from orders.domain.pricing import MAX_LINES, OrderRequest, VariantQuantity

VariantId = Annotated[UUID, Field(examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c01"])]


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


OrderNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
    BeforeValidator(lambda value: folded(value) if isinstance(value, str) else value),
    AfterValidator(numbers.as_typed),
    Field(description="In any case, with or without its dash", examples=["M-7F3K9Q"]),
]


class OrderLookup(Model):
    """An order, by what its customer knows of it."""

    number: OrderNumber
    email: Email


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

    @property
    def order_request(self) -> OrderRequest:
        """What the use case works with."""
        return OrderRequest(
            email=self.email,
            shipping_address=self.shipping_address.model_dump() if self.shipping_address else None,
            expected_total=Money(self.expected_total.amount, self.expected_total.currency),
            lines=[VariantQuantity(line.variant_id, line.quantity) for line in self.lines] if self.lines else None,
            currency=self.currency,
        )
