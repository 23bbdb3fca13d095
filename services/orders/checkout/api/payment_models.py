"""Answers about how an order is paid."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from chassis.web import Model, MoneyModel
from orders.checkout.api.models import OrderView
from orders.checkout.domain.order_values import OrderStatus
from orders.checkout.usecases.prepare_order import PayableOrder
from orders.payment_methods import Method
from orders.payments_client import PaymentDetails


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


class PaymentInstructions(Model):
    """What a shopper does to pay otherwise than by card, until the order's `expires_at`."""

    method: Method = Field(description="As the order names it", examples=["bank_transfer"])
    amount: MoneyModel = Field(description="The whole of it")
    reference: str = Field(description="What to name with the payment: the order's number", examples=["M-7F3K9Q"])
    text: str | None = Field(
        description="The shop's own words: whose account, and which one; null where the shop says nothing",
        examples=["Ada's Prints, IBAN DE02120300000000202051, reference M-7F3K9Q"],
    )

    @classmethod
    def of(cls, shown: PayableOrder) -> Self | None:
        """None where there is nothing to pay, not yet, or a card to pay with."""
        order, payment = shown.order, shown.payment
        if payment is None or payment.client_secret is not None or not payment.payable:
            return None
        return cls(
            method=order.payment_method,
            amount=MoneyModel(amount=order.total, currency=order.currency),
            reference=order.number,
            text=payment.instructions,
        )


_NOT_AVAILABLE = "Payment is not available just now. We know of it, and your order is kept."
Instructions = Annotated[
    PaymentInstructions | None, Field(description="What to do to pay by bank transfer or in cash; else null")
]
PaymentNotice = Annotated[
    str | None, Field(description="Why nobody can pay just now, for the shopper; mostly null", examples=[None])
]


class PlacedOrder(Model):
    """`payment` is null while the payment service does not answer: ask GET /api/v1/orders/{id}/payment."""

    order: OrderView
    payment: PaymentView | None
    payment_instructions: Instructions = None
    payment_notice: PaymentNotice = None

    @classmethod
    def of(cls, placed: PayableOrder) -> Self:
        """The API's form of an order that was just placed."""
        return cls(
            order=OrderView.of(placed.order),
            payment=PaymentView.of(placed.payment),
            payment_instructions=PaymentInstructions.of(placed),
            payment_notice=None if placed.available else _NOT_AVAILABLE,
        )


class PlacedOrderWithToken(PlacedOrder):
    """`order_token` is for guests only: it is the one key to the order, sent as `Order-Token`."""

    order_token: str | None = Field(default=None, examples=["kq3v…"])


class OrderPayment(Model):
    """`payment` is null when there is nothing to pay (see `status`), or not yet."""

    status: OrderStatus = Field(examples=["pending_payment"])
    payment: PaymentView | None
    payment_instructions: Instructions = None
    payment_notice: PaymentNotice = None

    @classmethod
    def of(cls, shown: PayableOrder) -> Self:
        """The API's form of an order's payment."""
        return cls(
            status=OrderStatus(shown.order.status),
            payment=PaymentView.of(shown.payment),
            payment_instructions=PaymentInstructions.of(shown),
            payment_notice=None if shown.available else _NOT_AVAILABLE,
        )
