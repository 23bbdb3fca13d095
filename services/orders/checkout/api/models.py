"""Answers about orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

import msgspec
from pydantic import Field

from chassis.web import Model, MoneyModel, SignedMoney
from orders.addresses import ShippingAddress
from orders.checkout.domain.holding import Scope
from orders.checkout.domain.order_states import FulfilmentStatus, Life, PaymentStatus
from orders.checkout.domain.order_values import Attention, OrderStatus, Payment, Reason, Stock
from orders.checkout.store.holds import Holding
from orders.checkout.store.rows import HistoryEntry, Order, StoredLine
from orders.fields import Code, ImageUrl, OrderId, Sku, Title, VariantId, VariantTitle, When
from orders.payment_methods import Method

_SUMS = (
    *("subtotal", "discount", "shipping", "shipping_discount", "shipping_tax", "shipping_charged", "tax", "tax_added"),
    *("tax_relief", "rounding", "total", "refunded"),
)


class LineDiscount(Model):
    """A discount's share of a line."""

    discount_id: UUID
    title: str = Field(examples=["Ten per cent"])
    code: str | None = Field(examples=["SPRING"])
    amount: MoneyModel


class OrderLine(Model):
    """What was sold, as it was when the order was placed."""

    position: int = Field(examples=[1])
    variant_id: VariantId
    sku: Sku
    title: Title
    variant_title: VariantTitle
    slug: str = Field(examples=["perfect-fifth"])
    image_url: ImageUrl
    unit_price: MoneyModel
    quantity: int = Field(examples=[1])
    total: MoneyModel = Field(description="As listed, without discounts: with or without tax, as the shop shows prices")
    requires_shipping: bool = Field(examples=[True])
    discount: MoneyModel = Field(description="Off the line, all pieces together")
    discounts: list[LineDiscount] = Field(description="What the discount is made of")
    tax: MoneyModel = Field(description="In what is paid for the line")
    tax_rate: int = Field(description="Millionths: 190000 are 19 %", examples=[190000])
    charged: MoneyModel = Field(description="What is paid for the line, tax included")


class ChosenMethod(Model):
    """A way of shipping, as it was when it was chosen."""

    id: UUID
    title: str = Field(examples=["Parcel"])
    zone: str | None = Field(default=None, examples=["Europe"])
    min_days: int | None = Field(default=None, description="Earliest day of delivery, from the order on", examples=[2])
    max_days: int | None = Field(default=None, description="Latest day of delivery", examples=[4])
    pickup: bool = Field(default=False, description="Whether it is fetched at the shop", examples=[False])


class OrderView(Model):
    """An order as its customer sees it. Until `expires_at` it can be paid."""

    id: OrderId
    number: str = Field(description="For people", examples=["M-7F3K9Q"])
    status: OrderStatus = Field(description="Until it is paid, or ends unpaid", examples=["pending_payment"])
    payment_status: PaymentStatus = Field(description="How far its money is", examples=["pending"])
    fulfilment_status: FulfilmentStatus = Field(description="How far its pieces are", examples=["unfulfilled"])
    life: Life = Field(description="Whether it is worked on", examples=["open"])
    cancel_reason: Reason | None = Field(examples=[None])
    email: str = Field(examples=["ada@example.com"])
    lines: list[OrderLine]
    currency: Code
    subtotal: MoneyModel
    shipping: MoneyModel
    rounding: SignedMoney
    discount: MoneyModel = Field(description="Off the lines")
    shipping_discount: MoneyModel
    shipping_tax: MoneyModel
    shipping_tax_rate: int = Field(description="Millionths: 190000 are 19 %", examples=[190000])
    shipping_charged: MoneyModel = Field(description="What is paid for shipping, tax included")
    tax: MoneyModel = Field(description="All tax in the total")
    tax_added: MoneyModel = Field(description="Tax on top of prices without tax")
    tax_relief: MoneyModel = Field(description="Tax taken off prices with tax, where none is owed")
    tax_included: bool = Field(description="Whether the prices are with tax", examples=[True])
    reverse_charge: bool = Field(description="Whether the business that buys owes the tax", examples=[False])
    vat_id: str | None = Field(examples=[None])
    total: MoneyModel = Field(
        description="What is charged: subtotal - discount + shipping - shipping_discount - tax_relief + tax_added "
        "+ rounding"
    )
    refunded: MoneyModel = Field(description="What went back, or is on its way from the provider")
    requires_shipping: bool = Field(description="Whether anything in it is shipped", examples=[True])
    shipping_address: ShippingAddress | None = Field(description="Null where nothing is shipped")
    billing_address: ShippingAddress | None = Field(description="Null where it is the shipping address")
    shipping_method: ChosenMethod | None = Field(description="As it was chosen; null where nothing was to choose")
    payment_method: Method = Field(description="How it is paid", examples=["card"])
    locale: str | None = Field(description="Of its mails and documents", examples=["en"])
    placed_at: When
    expires_at: When
    paid_at: datetime | None = Field(examples=[None])
    cancelled_at: datetime | None = Field(examples=[None])

    @classmethod
    def of(cls, order: Order) -> Self:
        """The API's form of an order."""
        return cls.model_validate(_fields(order, cls))


class EventView(Model):
    """Something that became known of an order."""

    version: int = Field(examples=[2])
    kind: str = Field(examples=["prepared"])
    at: When
    data: dict[str, Any] | None = Field(examples=[None])
    actor: UUID | None = Field(description="The account that did it; null: the shop by itself", examples=[None])


class StaffOrderView(OrderView):
    """An order as staff see it."""

    account_id: UUID | None = Field(description="Null: a guest's", examples=[None])
    payment: Payment = Field(description="What is known of its payment", examples=["open"])
    stock: Stock = Field(description="What is known of its stock", examples=["held"])
    attention: Attention | None = Field(description="What a person must put right", examples=[None])
    version: int = Field(description="Of the last entry of its history; what changes the order names it", examples=[5])


class OrderDetail(StaffOrderView):
    """With its history, oldest first."""

    history: list[EventView]

    @classmethod
    def whole(cls, order: Order, history: list[HistoryEntry]) -> Self:
        """The API's form of an order with its history."""
        return cls.model_validate(_fields(order, cls) | {"history": [msgspec.structs.asdict(row) for row in history]})


class HoldingView(Model):
    """What a holder, or all at one address or in one network, hold by orders that are not paid."""

    scope: Scope = Field(examples=["address"])
    hash: str = Field(description="Tells them apart; who they are is not kept", examples=["9f86d081884c7d65"])
    orders: int = Field(examples=[3])
    units: int = Field(examples=[90])
    since: When
    order_ids: list[UUID] = Field(description="The 50 with the most pieces")


class Holdings(Model):
    """At most 20 of each scope, those with the most pieces first."""

    items: list[HoldingView]

    @classmethod
    def of(cls, holders: list[Holding]) -> Self:
        """The API's form of a list of holders."""
        return cls(items=[HoldingView.model_validate(holder, from_attributes=True) for holder in holders])


def _fields(order: Order, view: type[Model]) -> dict[str, Any]:
    def money(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": order.currency}

    fields = {name: getattr(order, name) for name in view.model_fields if hasattr(order, name)}
    fields["shipping_charged"] = order.shipping_paid

    def line_fields(line: StoredLine) -> dict[str, Any]:
        fields = {name: getattr(line, name) for name in OrderLine.model_fields} | {"charged": line.paid}
        amounts = {name: money(fields[name]) for name in ("unit_price", "total", "discount", "tax", "charged")}
        shares = [{**share, "amount": money(share["amount"])} for share in line.discounts or ()]
        return {**fields, **amounts, "discounts": shares}

    lines = [line_fields(line) for line in order.lines]
    method = order.shipping_method or {}
    # Of a flat rate nothing was chosen: what is kept of it is its tax.
    shown = {name: method.get(name) for name in ChosenMethod.model_fields} if method.get("id") else None
    return {**fields, "shipping_method": shown, **{name: money(fields[name]) for name in _SUMS}, "lines": lines}
