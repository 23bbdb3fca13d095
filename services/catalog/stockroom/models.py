"""What staff send and get of the stockroom."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from catalog.api.schemas.admin import Units
from catalog.api.schemas.public import ONE_LINE, Sku
from catalog.stockroom.domain import LIMIT, MOST, Outcome, Planned, Reason, Wish
from catalog.stockroom.store import LowVariant, Movement
from chassis.web import Model, Page

Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=ONE_LINE),
    Field(examples=["delivery of 28 November"]),
]
Whole = Annotated[int, Field(strict=True, ge=-LIMIT, le=LIMIT)]


class StockEditRow(Model):
    """What is to become of the stock of one variant; what is left out stays as it is."""

    sku: Sku
    on_hand: Units | None = Field(default=None, description="Units that were counted; not together with `delta`")
    delta: Whole | None = Field(default=None, description="Units to add, below 0 to take away", examples=[-1])
    expected_on_hand: Whole | None = Field(
        default=None, description="Refuse the row if so many are not on hand now", examples=[None]
    )
    tracked: bool | None = None
    backorder: bool | None = None
    low_at: Units | None = Field(
        default=None, description="It is low with so many units or fewer; null: never", examples=[5]
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.on_hand is not None and self.delta is not None:
            raise ValueError("on_hand and delta cannot be sent together")
        return self

    @property
    def wish(self) -> Wish:
        """The row for the use case."""
        return Wish(**self.model_dump(), keeps_low_at="low_at" not in self.model_fields_set)


class StockEdit(Model):
    """Changes of the stock of several variants, for one reason."""

    reason: Reason = Field(description="Of each change of what is on the shelf", examples=["received"])
    note: Note | None = Field(default=None, description="Kept with each of these changes")
    rows: list[StockEditRow] = Field(min_length=1, max_length=MOST, description="One for each variant")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({row.sku for row in self.rows}) < len(self.rows):
            raise ValueError("an SKU stands twice in rows")
        return self

    @property
    def wishes(self) -> list[Wish]:
        """The rows for the use case."""
        return [row.wish for row in self.rows]


class EditedLevel(Model):
    """The stock of a variant before and after an edit."""

    on_hand: int = Field(examples=[40])
    reserved: int = Field(examples=[2])
    tracked: bool
    backorder: bool
    low_at: int | None = Field(description="It is low with so many units or fewer; null: never", examples=[5])


class EditedStock(Model):
    """What became of one row. `problem`: why it was refused; nothing of the row is changed then."""

    sku: Sku
    outcome: Outcome = Field(description="What became of the row", examples=["changed"])
    problem: str | None = Field(
        default=None,
        description="`stock-differs`, `stock-reserved`, or `stock-out-of-range` above a thousand million units",
        examples=[None],
    )
    before: EditedLevel | None = Field(default=None, description="Null where there is no such SKU")
    after: EditedLevel | None = Field(default=None, description="Null where there is no such SKU")


class EditedStocks(Model):
    """What became of each row, in the order of the request."""

    items: list[EditedStock]

    @classmethod
    def of(cls, planned: list[Planned]) -> Self:
        """The model of an edit."""
        return cls.model_validate({"items": planned}, from_attributes=True)


class StockMovement(Model):
    """A change of what is on the shelf."""

    id: int = Field(description="Rises with time", examples=[1])
    delta: int = Field(examples=[-1])
    reason: str = Field(
        description="Of an edit, or `sold`, `restocked`, `imported`, `counted`, or what was written with an adjustment",
        examples=["received"],
    )
    note: str | None = Field(description="What was written with it", examples=["delivery of 28 November"])
    order_id: UUID | None = Field(description="The order that it was sold to", examples=[None])
    account_id: UUID | None = Field(description="The member of staff who made it")
    created_at: datetime

    @classmethod
    def of(cls, movement: Movement) -> Self:
        """The model of a movement."""
        return cls.model_validate(movement, from_attributes=True)


class StockMovements(Page[StockMovement]):
    """A part of the history of a variant's stock."""


class LowStock(Model):
    """A variant of which few units are left."""

    variant_id: UUID
    sku: Sku
    product_slug: str = Field(description="Of its product", examples=["perfect-fifth"])
    product_title: str = Field(description="Of its product", examples=["Perfect Fifth"])
    on_hand: int = Field(examples=[5])
    reserved: int = Field(examples=[2])
    low_at: int = Field(description="It is low with so many units or fewer that can be sold", examples=[5])
    backorder: bool

    @classmethod
    def of(cls, found: LowVariant) -> Self:
        """The model of a variant."""
        return cls.model_validate(found, from_attributes=True)


class LowStocks(Page[LowStock]):
    """A part of the list of what is running low."""
