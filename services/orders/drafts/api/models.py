"""Answers about draft orders."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

import msgspec
from pydantic import Field

from chassis.web import Model, MoneyModel
from orders.addresses import ShippingAddress
from orders.checkout import OrderStatus
from orders.drafts.api.requests import DraftLine
from orders.drafts.domain.draft import Draft, DraftStatus
from orders.drafts.usecases.price_draft import PricedDraft
from orders.fields import Code, Unsellable, VariantId, When
from orders.payment_methods import Method
from orders.pricing import Calculation


class DraftOrderView(Model):
    """The order that a draft became; its id is the draft's."""

    number: str = Field(description="For people", examples=["M-7F3K9Q"])
    status: OrderStatus = Field(examples=["pending_payment"])
    total: MoneyModel = Field(description="What is charged")


class DraftView(Model):
    """A draft as staff have put it together."""

    id: UUID = Field(description="The draft's, and the order's once it is sent")
    version: int = Field(description="Changes with each change of it", examples=[1])
    status: DraftStatus = Field(description="`sent`: it is an order, and stays as it is", examples=["open"])
    account_id: UUID | None = Field(description="The customer's; null: a guest", examples=[None])
    email: str | None = Field(description="Where the link to pay goes", examples=["ada@example.com"])
    currency: Code
    lines: list[DraftLine]
    shipping_address: ShippingAddress | None = Field(description="Null while it is not known")
    billing_address: ShippingAddress | None = Field(description="Null where it is the shipping address")
    vat_id: str | None = Field(examples=[None])
    shipping_method: UUID | None = Field(description="Null: the cheapest", examples=[None])
    discount_codes: list[str] = Field(examples=[["SPRING"]])
    payment_method: Method = Field(description="How it is to be paid", examples=["card"])
    locale: str | None = Field(description="Of its mails and documents", examples=["en"])
    note: str | None = Field(description="Words to the customer", examples=["As we agreed"])
    created_by: UUID
    created_at: When
    updated_at: When
    sent_at: datetime | None = Field(examples=[None])
    sent_by: UUID | None = Field(description="The account of the member of staff", examples=[None])
    order: DraftOrderView | None = Field(description="What it became; null while it was not sent")

    @classmethod
    def of(cls, draft: Draft) -> Self:
        """The API's form of a draft."""
        fields = {name: getattr(draft, name) for name in cls.model_fields if hasattr(draft, name)}
        order = None
        if draft.order is not None:
            total = {"amount": draft.order.total, "currency": draft.fields.currency}
            order = {"number": draft.order.number, "status": draft.order.status, "total": total}
        return cls.model_validate({**fields, **msgspec.to_builtins(draft.fields), "order": order})


class DraftWarning(Model):
    """Why a line cannot be ordered as it stands."""

    variant_id: VariantId
    sku: str | None = Field(description="Null where the catalog knows nothing of it", examples=["FIFTH-3040-OAK"])
    reason: Unsellable | Literal["out-of-stock"] = Field(examples=["out-of-stock"])
    requested: int = Field(description="Pieces in the draft", examples=[3])
    available: int = Field(description="Pieces that could be ordered now", examples=[1])


class DraftPrice(Model):
    """What a draft costs now. It can be sent with the total of its calculation, if nothing is missing or warned of."""

    version: int = Field(description="Of the draft that was priced", examples=[1])
    calculation: Calculation | None = Field(
        description="Of the lines that are sold, with codes that do not count, and why it cannot be shipped; null "
        "where no line is sold"
    )
    warnings: list[DraftWarning] = Field(description="Lines that cannot be ordered as they stand")
    missing: list[str] = Field(description="Fields that it needs before it is sent", examples=[["email"]])

    @classmethod
    def of(cls, found: PricedDraft) -> Self:
        """The API's form of a price."""
        return cls(
            version=found.draft.version,
            calculation=None if found.sums is None else Calculation.of(found.sums),
            warnings=[DraftWarning.model_validate(each, from_attributes=True) for each in found.warnings],
            missing=found.missing,
        )
