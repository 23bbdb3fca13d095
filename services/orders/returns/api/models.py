"""Answers about returns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from chassis.web import Model, MoneyModel
from orders.checkout import Order
from orders.fields import Sku, Title, VariantTitle, When
from orders.fulfilment import Position
from orders.returns.domain.return_state import ReturnReason, ReturnStatus
from orders.returns.store.returns import Return
from orders.returns.usecases.list_returns import OrderReturns


class ReturnLineView(Model):
    """A line of a return; once it was received, the last four add up to `quantity`."""

    position: Position
    sku: Sku
    title: Title
    variant_title: VariantTitle
    quantity: int = Field(description="Pieces that come back", examples=[1])
    restocked: int = Field(description="Pieces that went back on the shelf", examples=[1])
    discarded: int = Field(description="Pieces that are not sold again", examples=[0])
    to_process: int = Field(description="Pieces that are to be looked at", examples=[0])
    missing: int = Field(description="Pieces that were not in the parcel", examples=[0])


class ReturnView(Model):
    """A return."""

    id: UUID
    number: int = Field(description="The order's first return, its second", examples=[1])
    status: ReturnStatus = Field(description="`refused`, `cancelled` and `closed` are final", examples=["requested"])
    opened_by: Literal["shopper", "staff"] = Field(description="Who began it", examples=["shopper"])
    reason: ReturnReason = Field(examples=["does_not_fit"])
    note: str | None = Field(description="In the shopper's words", examples=["Too small"])
    answer: str | None = Field(description="What the shop says to it", examples=[None])
    fee: MoneyModel = Field(description="Kept from what is paid back")
    refund_id: UUID | None = Field(description="The refund that was made for it", examples=[None])
    opened_at: When
    approved_at: datetime | None = Field(examples=[None])
    received_at: datetime | None = Field(examples=[None])
    inspected_at: datetime | None = Field(examples=[None])
    ended_at: datetime | None = Field(description="When it was refused, cancelled or closed", examples=[None])
    lines: list[ReturnLineView]

    @classmethod
    def of(cls, order: Order, found: Return) -> Self:
        """The API's form of a return."""
        own: dict[str, Any] = {name: getattr(found, name) for name in cls.model_fields}
        sold = {line.position: line for line in order.lines}
        counts = ("position", "quantity", "restocked", "discarded", "to_process", "missing")
        lines = [
            {
                name: getattr(line if name in counts else sold[line.position], name)
                for name in ReturnLineView.model_fields
            }
            for line in found.lines
        ]
        return cls.model_validate({**own, "fee": {"amount": found.fee, "currency": order.currency}, "lines": lines})


class ReturnableLine(Model):
    """So many pieces of a line may be asked back."""

    position: Position
    quantity: int = Field(examples=[1])


class Returns(Model):
    """The first return first, and what may still be asked back."""

    items: list[ReturnView]
    returnable: list[ReturnableLine]

    @classmethod
    def of(cls, found: OrderReturns) -> Self:
        """The API's form of an order's returns."""
        left = [ReturnableLine(position=place, quantity=quantity) for place, quantity in found.left.items()]
        return cls(items=[ReturnView.of(found.order, each) for each in found.returns], returnable=left)
