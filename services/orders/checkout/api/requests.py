"""Request bodies. Amounts are in minor units of the currency."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from chassis.values import Money
from chassis.web import Currency, Email, Model, MoneyModel, Quantity
from orders.addresses import Address
from orders.checkout.domain.order_request import OrderRequest
from orders.fields import VariantId
from orders.payment_methods import CARD, Method
from orders.pricing import discounts
from orders.quantities import MAX_LINES, VariantQuantity

DiscountCode = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class WantedLine(Model):
    """So many pieces of a variant. A variant on several lines counts as one line of the sum."""

    variant_id: VariantId
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

    billing_address: Address | None = Field(
        default=None, description="Who is billed, where that is not the shipping address"
    )
    vat_id: Annotated[str, StringConstraints(min_length=4, max_length=30)] | None = Field(
        default=None, description="The VAT number of a business", examples=["DE136695976"]
    )
    shipping_method: UUID | None = Field(
        default=None,
        description="One that POST /api/v1/checkout/calculations offers; the cheapest if not named",
    )
    discount_codes: Annotated[list[DiscountCode], Field(max_length=discounts.MAX_CODES)] = Field(default_factory=list)
    locale: Annotated[str, StringConstraints(pattern="^[a-z]{2,3}(-[A-Z]{2})?$")] | None = Field(
        default=None, description="Language of its mails and documents", examples=["de"]
    )

    payment_method: Method = Field(
        default=CARD, description="How it is paid: one that GET /api/v1/checkout/settings offers", examples=["card"]
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
            billing_address=self.billing_address.model_dump() if self.billing_address else None,
            vat_id=self.vat_id,
            shipping_method=self.shipping_method,
            discount_codes=tuple(self.discount_codes),
            locale=self.locale,
            payment_method=self.payment_method,
        )
