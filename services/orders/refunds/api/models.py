"""Answers about refunds and cancellations."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from chassis.web import Model, MoneyModel, SignedMoney
from orders.checkout import Order
from orders.fields import Code, Sku, Title, VariantId, VariantTitle, When
from orders.refunds.domain.cancellation import Cancellation, CancelReason
from orders.refunds.domain.parts import Amounts, RefundLine
from orders.refunds.domain.refund import Origin, Refund, RefundReason, RefundStatus, StoredLine
from orders.refunds.usecases.cancel_order_pieces import Cancelled
from orders.refunds.usecases.preview_refund import Preview


class RefundLineView(Model):
    """A refund's share of a line, as its credit note shows it."""

    position: int = Field(examples=[1])
    variant_id: VariantId
    sku: Sku
    title: Title
    variant_title: VariantTitle
    quantity: int = Field(description="Pieces; 0: the line got cheaper, without a piece of it", examples=[1])
    net: MoneyModel
    tax: MoneyModel
    tax_rate: int = Field(description="Millionths: 190000 are 19 %", examples=[190000])
    gross: MoneyModel = Field(description="net + tax: what is given back for it")
    discount: MoneyModel = Field(description="The share of these pieces in the line's discount: not given back")


class RefundSums(Model):
    """`total` is the sum of the lines' `gross`, of `shipping`, and of `adjustment`."""

    currency: Code
    total: MoneyModel = Field(description="What is given back")
    lines: list[RefundLineView]
    shipping: MoneyModel
    shipping_tax: MoneyModel = Field(description="In `shipping`")
    tax: MoneyModel = Field(description="All tax in it")
    adjustment: SignedMoney = Field(description="What is of no line: rounding, mostly 0")


class LineLeftView(Model):
    """What is left of a line to be given back."""

    position: int = Field(examples=[1])
    quantity: int = Field(description="Pieces", examples=[2])
    gross: MoneyModel


class LeftView(Model):
    """What is left to be given back before this refund."""

    total: MoneyModel
    shipping: MoneyModel
    lines: list[LineLeftView]


class CancelledPieces(Model):
    """Pieces of a line that are not sent any more."""

    position: int = Field(examples=[1])
    quantity: int = Field(examples=[1])


class RefundPreview(RefundSums):
    """What a refund would give back now."""

    cancelled: list[CancelledPieces] = Field(description="Pieces that were not sent, and are cancelled by it")
    left: LeftView

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """The API's form of a preview."""
        order, amounts, left = preview.order, preview.amounts, preview.left
        money = _money_of(order)
        lines = [
            {"position": line.position, "quantity": line.quantity, "gross": money(line.gross)} for line in left.lines
        ]
        return cls.model_validate(
            {
                **_sums(order, amounts, amounts.lines),
                "cancelled": [{"position": place, "quantity": count} for place, count in preview.unsent.items()],
                "left": {"total": money(left.amount), "shipping": money(left.shipping), "lines": lines},
            }
        )


class OwnRefund(RefundSums):
    """A refund, as the order's owner sees it. `refunded`: the provider has it, and it is on its way."""

    id: UUID
    status: RefundStatus = Field(examples=["refunded"])
    created_at: When
    accepted_at: datetime | None = Field(description="When the provider had accepted it", examples=[None])
    failed_at: datetime | None = Field(examples=[None])

    @classmethod
    def of(cls, order: Order, refund: Refund) -> Self:
        """The API's form of a refund."""
        own = {name: getattr(refund, name) for name in cls.model_fields if hasattr(refund, name)}
        return cls.model_validate({**own, **_sums(order, refund, refund.lines)})


class RefundView(OwnRefund):
    """A refund, as staff see it."""

    origin: Origin = Field(description="`provider`: made in the provider's dashboard", examples=["shop"])
    reason: RefundReason = Field(examples=["requested_by_customer"])
    note: str | None = Field(examples=[None])
    failure: str | None = Field(description="Why it failed, in the provider's word", examples=[None])
    cancellation_id: UUID | None = Field(description="The cancellation that it belongs to", examples=[None])
    created_by: UUID | None = Field(description="The account; null: made at the provider", examples=[None])


class OwnRefunds(Model):
    """The refunds of an order, oldest first."""

    items: list[OwnRefund]


class CancellationView(Model):
    """Pieces that staff cancelled after the payment."""

    id: UUID
    reason: CancelReason = Field(examples=["customer"])
    note: str | None = Field(examples=[None])
    restock: bool = Field(description="Whether they went back on the shelf", examples=[True])
    lines: list[CancelledPieces]
    created_by: UUID
    created_at: When

    @classmethod
    def of(cls, cancellation: Cancellation) -> Self:
        """The API's form of a cancellation."""
        return cls.model_validate(_own(cancellation, cls))


class CancellationAnswer(CancellationView):
    """With the refund that belongs to it."""

    refund: RefundView | None = Field(description="Null where nothing is given back")

    @classmethod
    def whole(cls, done: Cancelled) -> Self:
        """The API's form of a cancellation that was just made."""
        refund = None if done.refund is None else RefundView.of(done.order, done.refund)
        return cls.model_validate({**_own(done.cancellation, CancellationView), "refund": refund})


class Refunds(Model):
    """The refunds and the cancellations of an order, oldest first."""

    items: list[RefundView]
    cancellations: list[CancellationView]


def _own(cancellation: Cancellation, view: type[Model]) -> dict[str, Any]:
    fields = {name: getattr(cancellation, name) for name in view.model_fields}
    return {**fields, "lines": [{"position": each.position, "quantity": each.quantity} for each in cancellation.lines]}


def _money_of(order: Order) -> Any:
    return lambda amount: {"amount": amount, "currency": order.currency}


def _sums(order: Order, sums: Amounts | Refund, lines: tuple[RefundLine, ...] | list[StoredLine]) -> dict[str, Any]:
    money = _money_of(order)
    sold = {line.position: line for line in order.lines}
    return {
        "currency": order.currency,
        "total": money(sums.amount),
        "shipping": money(sums.shipping),
        "shipping_tax": money(sums.shipping_tax),
        "tax": money(sums.tax),
        "adjustment": money(sums.adjustment),
        "lines": [
            {
                **{name: getattr(sold[line.position], name) for name in ("variant_id", "sku", "title", "tax_rate")},
                "variant_title": sold[line.position].variant_title,
                "position": line.position,
                "quantity": line.quantity,
                **{name: money(getattr(line, name)) for name in ("net", "tax", "gross", "discount")},
            }
            for line in lines
        ],
    }
