"""Request bodies about draft orders."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from chassis.values import Money
from chassis.web import Currency, Email, Model, MoneyModel, Quantity, Text
from orders.addresses import Address
from orders.drafts.domain.draft import DraftFields
from orders.drafts.usecases.send_draft import SendWish
from orders.fields import VariantId
from orders.payment_methods import CARD, Method
from orders.pricing import VatId, discounts
from orders.quantities import MAX_LINES, MAX_QUANTITY, VariantQuantity, gathered

DiscountCode = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
OfVersion = Annotated[
    int, Field(strict=True, ge=1, le=2_147_483_647, description="The one that was read", examples=[1])
]


class DraftLine(Model):
    """So many pieces of a variant."""

    variant_id: VariantId
    quantity: Quantity


class NewDraft(Model):
    """What a customer is to be offered. All of it can be left for later but the currency."""

    account_id: UUID | None = Field(
        default=None,
        description="The customer's account, to which the order will belong; null: a guest",
        examples=[None],
    )
    email: Email | None = Field(default=None, description="Where the link to pay goes; needed to send it")
    currency: Currency = Field(description="One that the shop sells in")
    lines: Annotated[list[DraftLine], Field(max_length=MAX_LINES)] = Field(default_factory=list)
    shipping_address: Address | None = Field(default=None, description="Needed to send it, where something is shipped")
    billing_address: Address | None = Field(
        default=None, description="Who is billed, where that is not the shipping address"
    )
    vat_id: VatId | None = Field(default=None, description="The VAT number of a business", examples=["DE136695976"])
    shipping_method: UUID | None = Field(
        default=None, description="One that its price offers; the cheapest if not named", examples=[None]
    )
    discount_codes: Annotated[list[DiscountCode], Field(max_length=discounts.MAX_CODES)] = Field(default_factory=list)
    payment_method: Method = Field(default=CARD, description="How it is to be paid", examples=["card"])
    locale: Annotated[str, StringConstraints(pattern="^[a-z]{2,3}(-[A-Z]{2})?$")] | None = Field(
        default=None, description="Language of its mails and documents", examples=["de"]
    )
    note: Annotated[Text, Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="Words to the customer, in the mail with the link to pay", examples=["As we agreed"]
    )

    @field_validator("lines")
    @classmethod
    def _not_too_many(cls, lines: list[DraftLine]) -> list[DraftLine]:
        if any(line.quantity > MAX_QUANTITY for line in gathered(_quantities(lines))):
            raise PydanticCustomError("too_many", "At most {most} pieces of an article in all", {"most": MAX_QUANTITY})
        return lines

    @property
    def fields(self) -> DraftFields:
        """What the use case works with: one line a variant."""
        return DraftFields(
            account_id=self.account_id,
            email=self.email,
            currency=self.currency,
            lines=tuple(gathered(_quantities(self.lines))),
            shipping_address=self.shipping_address.model_dump() if self.shipping_address else None,
            billing_address=self.billing_address.model_dump() if self.billing_address else None,
            vat_id=self.vat_id,
            shipping_method=self.shipping_method,
            discount_codes=tuple(self.discount_codes),
            payment_method=self.payment_method,
            locale=self.locale,
            note=self.note,
        )


class DraftChange(NewDraft):
    """All fields of a draft, in place of what it has."""

    version: OfVersion


class SendRequest(Model):
    """What staff were shown before they send it."""

    version: OfVersion
    expected_total: MoneyModel = Field(
        description="The price's `total`; nothing is sent if it changed", examples=[{"amount": 5600, "currency": "EUR"}]
    )

    @property
    def wish(self) -> SendWish:
        """What the use case works with."""
        return SendWish(self.version, Money(self.expected_total.amount, self.expected_total.currency))


def _quantities(lines: list[DraftLine]) -> list[VariantQuantity]:
    return [VariantQuantity(line.variant_id, line.quantity) for line in lines]
