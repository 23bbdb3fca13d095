"""Request bodies about returns. Amounts are in minor units of the order's currency."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from chassis.web import Model, MoneyModel, Text
from orders.fulfilment import PiecesRequest, Position, each_once
from orders.quantities import MAX_LINES, MAX_QUANTITY
from orders.refunds import money
from orders.returns.domain.receipt import Receipt
from orders.returns.domain.return_state import ReturnReason
from orders.returns.usecases.open_return import ReturnWish
from orders.returns.usecases.refund_return import PaybackWish

Words = Annotated[Text, Field(max_length=1000)]
Count = Annotated[int, Field(strict=True, ge=0, le=MAX_QUANTITY)]
_EUROS = [{"amount": 490, "currency": "EUR"}]


class ReturnRequest(Model):
    """Which pieces come back, and why. Each line stands in it once."""

    lines: Annotated[list[PiecesRequest], Field(min_length=1, max_length=MAX_LINES)]
    reason: ReturnReason = Field(examples=["does_not_fit"])
    note: Words | None = Field(default=None, description="In the shopper's words", examples=["Too small"])

    @field_validator("lines")
    @classmethod
    def _once(cls, lines: list[PiecesRequest]) -> list[PiecesRequest]:
        return each_once(lines)

    @property
    def wish(self) -> ReturnWish:
        """What the use case works with."""
        return ReturnWish({line.position: line.quantity for line in self.lines}, self.reason, self.note)


class StaffReturnRequest(ReturnRequest):
    """With what is kept of the money."""

    fee: MoneyModel | None = Field(default=None, description="Kept from what is paid back", examples=_EUROS)

    @property
    def wish(self) -> ReturnWish:
        """What the use case works with."""
        pieces = {line.position: line.quantity for line in self.lines}
        return ReturnWish(pieces, self.reason, self.note, money(self.fee))


class ApprovalRequest(Model):
    """What is said to the shopper, and what is kept of the money."""

    answer: Words | None = Field(default=None, description="For the shopper", examples=["Send it to our workshop"])
    fee: MoneyModel | None = Field(default=None, description="Kept from what is paid back", examples=_EUROS)


class RefusalRequest(Model):
    """Why it is refused."""

    answer: Words = Field(description="For the shopper", examples=["It was worn"])


class ReceivedLine(Model):
    """What became of the pieces of a line: all of them together are the pieces of the return."""

    position: Position
    restocked: Count = Field(default=0, description="Pieces that go back on the shelf", examples=[1])
    discarded: Count = Field(default=0, description="Pieces that are not sold again", examples=[0])
    to_process: Count = Field(default=0, description="Pieces that are to be looked at", examples=[0])
    missing: Count = Field(default=0, description="Pieces that were not in the parcel", examples=[0])


class ReceiptRequest(Model):
    """What was in the parcel. Each line of the return stands in it once."""

    lines: Annotated[list[ReceivedLine], Field(min_length=1, max_length=MAX_LINES)]

    @field_validator("lines")
    @classmethod
    def _once(cls, lines: list[ReceivedLine]) -> list[ReceivedLine]:
        return each_once(lines)

    @property
    def told(self) -> list[Receipt]:
        """What the use case works with."""
        return [Receipt(**line.model_dump()) for line in self.lines]


class InspectedLine(Model):
    """What became of the pieces of a line that were to be processed."""

    position: Position
    restocked: Count = Field(default=0, description="Pieces that go back on the shelf", examples=[1])
    discarded: Count = Field(default=0, description="Pieces that are not sold again", examples=[0])


class InspectionRequest(Model):
    """Each line with pieces to be processed stands in it once."""

    lines: Annotated[list[InspectedLine], Field(min_length=1, max_length=MAX_LINES)]

    @field_validator("lines")
    @classmethod
    def _once(cls, lines: list[InspectedLine]) -> list[InspectedLine]:
        return each_once(lines)

    @property
    def told(self) -> list[Receipt]:
        """What the use case works with."""
        return [Receipt(**line.model_dump()) for line in self.lines]


class PaybackRequest(Model):
    """What is paid back. Without `lines`: all that came."""

    lines: Annotated[list[PiecesRequest], Field(min_length=1, max_length=MAX_LINES)] | None = None
    shipping: MoneyModel | None = Field(default=None, description="Of what was paid for shipping", examples=_EUROS)
    note: Annotated[Text, Field(max_length=500)] | None = Field(default=None, description="For staff", examples=[None])

    @field_validator("lines")
    @classmethod
    def _once(cls, lines: list[PiecesRequest] | None) -> list[PiecesRequest] | None:
        return None if lines is None else each_once(lines)

    @property
    def wish(self) -> PaybackWish:
        """What the use case works with."""
        pieces = None if self.lines is None else {line.position: line.quantity for line in self.lines}
        return PaybackWish(pieces, money(self.shipping), self.note)
