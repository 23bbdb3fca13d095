"""Request bodies about changes of an order, its mails and its receipts."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chassis.values import Money
from chassis.web import Email, Model, MoneyModel, SingleLine, Text
from orders.addresses import Address
from orders.edits.usecases.resend_mail import ABOUT, ResendWish, ResentKind
from orders.quantities import MAX_TOTAL

# As the payment service has it, after SEPA.
LONGEST_REFERENCE = 140


class OrderEdit(Model):
    """What is to be changed of an order; what is left out stays as it is."""

    version: Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)] = Field(
        description="The one that was read; another one is refused", examples=[5]
    )
    email: Email | None = Field(default=None, description="Both addresses are told, and a guest's link is made anew")
    shipping_address: Address | None = Field(default=None, description="Of an order that is shipped")
    billing_address: Address | None = Field(default=None, description="Null: the shipping address")
    vat_id: Annotated[str, StringConstraints(min_length=4, max_length=30)] | None = Field(
        default=None, description="The VAT number of a business; null: none", examples=["DE136695976"]
    )

    @model_validator(mode="after")
    def _kept(self) -> Self:
        for name in ("email", "shipping_address"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise PydanticCustomError("missing", "An order keeps its {field}: leave it out", {"field": name})
        return self

    @property
    def values(self) -> dict[str, Any]:
        """What the use case works with."""
        given = self.model_fields_set - {"version"}
        return {
            name: value.model_dump() if isinstance(value := getattr(self, name), Address) else value for name in given
        }


class MailAgainRequest(Model):
    """A mail about an order that is sent again."""

    kind: ResentKind = Field(description="Which mail; the order has to be in a state for it", examples=["payment_link"])
    subject: UUID | None = Field(
        default=None,
        description="Of `shipped` the parcel's id, of `refunded` the refund's, of `cancelled_by_shop` that of the "
        "cancellation",
        examples=[None],
    )
    note: Annotated[Text, Field(min_length=1, max_length=500)] | None = Field(
        default=None,
        description="Words to the customer, in mails that have a place for them",
        examples=["As we agreed"],
    )

    @model_validator(mode="after")
    def _about(self) -> Self:
        if (self.kind in ABOUT) != (self.subject is not None):
            raise PydanticCustomError("subject", "Name a `subject` where the mail is about a part of the order alone")
        return self

    @property
    def wish(self) -> ResendWish:
        """What the use case works with."""
        return ResendWish(self.kind, self.subject, self.note)


class MoneyReceived(Model):
    """What has come for an order, by bank transfer or in cash."""

    amount: MoneyModel = Field(description="All of it", examples=[{"amount": 5600, "currency": "EUR"}])
    reference: Annotated[
        SingleLine,
        Field(
            max_length=LONGEST_REFERENCE,
            description="What tells this receipt from all others: the bank's reference, the number of the till's slip",
            examples=["2026-11-21/0042"],
        ),
    ]

    @field_validator("amount")
    @classmethod
    def _something(cls, amount: MoneyModel) -> MoneyModel:
        if amount.amount < 1:
            raise PydanticCustomError("nothing", "Nothing has come")
        if amount.amount > MAX_TOTAL:
            raise PydanticCustomError("exceeds", "At most {most}", {"most": MAX_TOTAL})
        return amount

    @property
    def money(self) -> Money:
        """What the use case works with."""
        return Money(self.amount.amount, self.amount.currency)
