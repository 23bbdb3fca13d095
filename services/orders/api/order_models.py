"""Answers about orders."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import msgspec
from pydantic import Field

from chassis.web import Model, MoneyModel, SignedMoney
from orders.api.addresses import ShippingAddress
from orders.api.requests import VariantId
from orders.clients import PaymentDetails
from orders.domain.holding import Scope
from orders.domain.order_state import Attention, OrderStatus, Payment, Reason, Stock
from orders.store.holds import Holding
from orders.store.orders import HistoryEntry, Order
from orders.usecases.prepare_order import PayableOrder

OrderId = Annotated[UUID, Field(examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02"])]
Code = Annotated[str, Field(description="ISO 4217", examples=["EUR"])]
When = Annotated[datetime, Field(examples=["2026-11-21T09:30:00Z"])]
Title = Annotated[str, Field(examples=["Perfect Fifth"])]
VariantTitle = Annotated[
    str, Field(description="Empty where there is one variant only", examples=["30 \u00d7 40 cm / Unframed"])
]
Sku = Annotated[str, Field(examples=["FIFTH-3040-PRINT"])]
Unsellable = Literal["unpublished", "retired", "not-in-currency", "unknown"]
_SUMS = ("subtotal", "shipping", "rounding", "total")
ImageUrl = Annotated[str | None, Field(examples=["/api/v1/media/5f2c.svg"])]


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
    total: MoneyModel
    requires_shipping: bool = Field(examples=[True])


class OrderView(Model):
    """An order as its customer sees it. Until `expires_at` it can be paid."""

    id: OrderId
    number: str = Field(description="For people", examples=["M-7F3K9Q"])
    status: OrderStatus = Field(examples=["pending_payment"])
    cancel_reason: Reason | None = Field(examples=[None])
    email: str = Field(examples=["ada@example.com"])
    lines: list[OrderLine]
    currency: Code
    subtotal: MoneyModel
    shipping: MoneyModel
    rounding: SignedMoney
    total: MoneyModel = Field(description="What is charged: subtotal, shipping and rounding")
    requires_shipping: bool = Field(description="Whether anything in it is shipped", examples=[True])
    shipping_address: ShippingAddress | None = Field(description="Null where nothing is shipped")
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


class StaffOrderView(OrderView):
    """An order as staff see it."""

    account_id: UUID | None = Field(description="Null: a guest's", examples=[None])
    payment: Payment = Field(description="What is known of its payment", examples=["open"])
    stock: Stock = Field(description="What is known of its stock", examples=["held"])
    attention: Attention | None = Field(description="What a person must put right", examples=[None])


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
    lines = [
        {**msgspec.structs.asdict(line), "unit_price": money(line.unit_price), "total": money(line.total)}
        for line in order.lines
    ]
    return {**fields, **{name: money(fields[name]) for name in _SUMS}, "lines": lines}


class PaymentView(Model):
    """What a browser needs to pay: Stripe.js takes the first two; where `pay_url` is set, send the person there."""

    client_secret: str = Field(examples=["pi_3QAbc_secret_xyz"])
    publishable_key: str | None = Field(examples=["pk_live_51Abc"])
    pay_url: str | None = Field(examples=[None])

    @classmethod
    def of(cls, answer: PaymentDetails | None) -> Self | None:
        """None where there is nothing to pay, or not yet."""
        if answer is None or answer.client_secret is None:
            return None
        return cls(client_secret=answer.client_secret, publishable_key=answer.publishable_key, pay_url=answer.pay_url)


_NOT_AVAILABLE = "Payment is not available just now. We know of it, and your order is kept."
PaymentNotice = Annotated[
    str | None, Field(description="Why nobody can pay just now, for the shopper; mostly null", examples=[None])
]


class PlacedOrder(Model):
    """`payment` is null while the payment service does not answer: ask GET /api/v1/orders/{id}/payment."""

    order: OrderView
    payment: PaymentView | None
    payment_notice: PaymentNotice = None

    @classmethod
    def of(cls, placed: PayableOrder) -> Self:
        """The API's form of an order that was just placed."""
        return cls(
            order=OrderView.of(placed.order),
            payment=PaymentView.of(placed.payment),
            payment_notice=None if placed.available else _NOT_AVAILABLE,
        )


class PlacedOrderWithToken(PlacedOrder):
    """`order_token` is for guests only: it is the one key to the order, sent as `Order-Token`."""

    order_token: str | None = Field(default=None, examples=["kq3v…"])


class OrderPayment(Model):
    """`payment` is null when there is nothing to pay (see `status`), or not yet."""

    status: OrderStatus = Field(examples=["pending_payment"])
    payment: PaymentView | None
    payment_notice: PaymentNotice = None

    @classmethod
    def of(cls, shown: PayableOrder) -> Self:
        """The API's form of an order's payment."""
        notice = None if shown.available else _NOT_AVAILABLE
        return cls(status=OrderStatus(shown.order.status), payment=PaymentView.of(shown.payment), payment_notice=notice)


class LookupTaken(Model):
    """The same for every request."""

    message: str = "If there is such an order, a link to it is on its way to its e-mail address."
