"""Request bodies about refunds and cancellations. Amounts are in minor units of the order's currency."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.values import Money
from chassis.web import Model, MoneyModel, Text
from orders.fulfilment import PiecesRequest, each_once
from orders.quantities import MAX_LINES
from orders.refunds.domain.cancellation import CancelReason
from orders.refunds.domain.refund import RefundReason
from orders.refunds.usecases.cancel_order_pieces import CancellationWish
from orders.refunds.usecases.make_refund import RefundOrder
from orders.refunds.usecases.preview_refund import PieceWish, RefundWish

_EXAMPLE = [{"amount": 1490, "currency": "EUR"}]
Note = Annotated[Text, Field(min_length=1, max_length=500, description="For staff", examples=["Broken in transit"])]


class RefundedPieces(PiecesRequest):
    """So many pieces of a line."""

    restock: bool = Field(default=False, description="Those that were not sent yet go back on the shelf")


class RefundPreviewRequest(Model):
    """What is to be given back. Of nothing, the answer has what is left."""

    lines: Annotated[list[RefundedPieces], Field(max_length=MAX_LINES)] = Field(default=[])
    shipping: MoneyModel | None = Field(default=None, description="Of what was paid for shipping", examples=_EXAMPLE)
    amount: MoneyModel | None = Field(
        default=None,
        description="More than that, of no piece: it changes nothing of what is sent",
        examples=_EXAMPLE,
    )
    whole: bool = Field(default=False, description="All that is left, in place of the above")
    restock: bool = Field(default=False, description="With `whole`: what was not sent goes back on the shelf")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        each_once(self.lines)
        if self.whole and (self.lines or self.shipping or self.amount):
            raise PydanticCustomError("whole", "A whole refund names no lines, shipping or amount")
        if self.restock and not self.whole:
            raise PydanticCustomError("restock", "Say of each line whether it is restocked")
        return self

    @property
    def wish(self) -> RefundWish:
        """What the use case works with."""
        return RefundWish(
            tuple(PieceWish(line.position, line.quantity, line.restock) for line in self.lines),
            money(self.shipping),
            money(self.amount),
            self.whole,
            self.restock,
        )


class RefundRequest(RefundPreviewRequest):
    """A refund of what staff were shown."""

    expected_total: MoneyModel = Field(
        description="The preview's `total`; nothing is given back if it has changed", examples=_EXAMPLE
    )
    reason: RefundReason = Field(description="The provider is told it, too", examples=["requested_by_customer"])
    note: Note | None = None

    def made(self, refund_id: UUID, staff_id: UUID) -> RefundOrder:
        """What the use case works with."""
        return RefundOrder(refund_id, self.wish, staff_id, self.reason, self.note, money(self.expected_total))


class CancellationRequest(Model):
    """Pieces that are not sent any more."""

    lines: Annotated[list[PiecesRequest], Field(min_length=1, max_length=MAX_LINES)] | None = Field(
        default=None, description="Null: all that were not sent"
    )
    reason: CancelReason = Field(examples=["customer"])
    note: Note | None = None
    restock: bool = Field(description="Whether they go back on the shelf", examples=[True])
    refund: bool = Field(
        description="Whether what was paid for them goes back: shipping, too, if no piece of the order is left",
        examples=[True],
    )
    expected_total: MoneyModel | None = Field(
        default=None, description="What goes back; nothing is cancelled if it is another amount", examples=_EXAMPLE
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        each_once(self.lines or [])
        if self.expected_total and not self.refund:
            raise PydanticCustomError("expected_total", "Without a refund there is no total")
        return self

    @property
    def wish(self) -> CancellationWish:
        """What the use case works with."""
        return CancellationWish(
            lines={line.position: line.quantity for line in self.lines} if self.lines else None,
            reason=self.reason,
            note=self.note,
            restock=self.restock,
            refund=self.refund,
            expected=money(self.expected_total),
        )


def money(given: MoneyModel | None) -> Money | None:
    """The amount, if there is one."""
    return None if given is None else Money(given.amount, given.currency)
