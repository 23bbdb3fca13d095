"""Codes in requests and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from chassis.web import Model, SingleLine
from orders.pricing.discounts.domain.codes import LONGEST, MAX_TYPED, SHORTEST, Drawing, normalised
from orders.pricing.discounts.domain.discount import MAX_CODES
from orders.pricing.discounts.store.codes import StoredCode

MAX_DRAWN = 10_000
MAX_NAMED = 100


def _stored(typed: str) -> str:
    code = normalised(typed)
    if code is None:
        raise PydanticCustomError(
            "code",
            "A code has {least} to {most} letters, digits, - and _, and begins with a letter or digit",
            {"least": SHORTEST, "most": LONGEST},
        )
    return code


_Typed = Annotated[SingleLine, Field(max_length=MAX_TYPED)]
NewCode = Annotated[_Typed, AfterValidator(_stored), Field(examples=["SUMMER24"])]
"""A code that is to be made: in its stored form afterwards."""

GivenCodes = Annotated[
    list[_Typed],
    Field(max_length=MAX_CODES, description="In any case, with or without spaces", examples=[["summer24"]]),
]
"""Codes that a shopper gives: any line of text, since what is no code is as unknown as a wrong one."""


class NewCodes(Model):
    """Codes that are to be added."""

    codes: Annotated[list[NewCode], Field(min_length=1, max_length=MAX_NAMED)] = Field(
        description="In any case; they are kept in capitals", examples=[["SUMMER24"]]
    )
    once: Annotated[bool, Field(strict=True)] = Field(default=False, description="Each is good for one order")


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) and len(value) <= MAX_TYPED else value


class DrawnCodes(Model):
    """Codes that are to be drawn at random."""

    count: Annotated[int, Field(strict=True, ge=1, le=MAX_DRAWN, description="How many", examples=[500])]
    prefix: Annotated[str, BeforeValidator(_upper), Field(pattern=r"^([0-9A-Z][0-9A-Z_-]{0,19})?$")] = Field(
        default="", description="What each begins with", examples=["VIP-"]
    )
    length: Annotated[int, Field(strict=True, ge=8, le=20, description="Signs after the prefix")] = 10
    once: Annotated[bool, Field(strict=True)] = Field(default=True, description="Each is good for one order")

    @property
    def drawing(self) -> Drawing:
        """As the use case has it."""
        return Drawing(self.count, self.prefix, self.length, self.once)


class CodesAdded(Model):
    """How many codes were added. `batch`: of those that were drawn, for the export."""

    count: int = Field(description="How many are new", examples=[500])
    batch: UUID | None = Field(default=None, description="Of those that were drawn; null: they were chosen")


class CodeChange(Model):
    """Whether a code is switched off."""

    disabled: Annotated[bool, Field(strict=True, description="Whether it no longer counts", examples=[True])]


class CodeView(Model):
    """A code. `spent`: it is good for one order, which was placed and did not end unpaid."""

    code: str = Field(description="In its stored form", examples=["SUMMER24"])
    once: bool = Field(description="Whether it is good for one order", examples=[False])
    disabled: bool = Field(description="Whether it was switched off", examples=[False])
    spent: bool = Field(description="Whether an order has it, of a code that is good for one", examples=[False])
    batch: UUID | None = Field(description="Of those that were drawn; null: it was chosen", examples=[None])
    created_at: datetime = Field(description="When it was added")

    @classmethod
    def of(cls, stored: StoredCode) -> Self:
        """The API's form."""
        return cls.model_validate(stored, from_attributes=True)
