"""Types of the edge: what a request may hold. Control characters and unknown fields are refused everywhere."""

from __future__ import annotations

import re
from typing import Annotated, Generic, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

T = TypeVar("T")

# C0 and C1 controls, and what no UTF-8 text may hold: lone surrogates and the two non-characters.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAKS = re.compile("[\t\n\r\u2028\u2029]")
MAX_INT64 = 2**63 - 1


class Model(BaseModel):
    """A request or response body: unknown fields are refused, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _text(value: str) -> str:
    if _CONTROLS.search(value):
        raise PydanticCustomError("control_character", "Control characters are not allowed")
    return value


def _line(value: str) -> str:
    if _LINE_BREAKS.search(value):
        raise PydanticCustomError("line_break", "Line breaks are not allowed")
    return _text(value)


def _email(value: str) -> str:
    try:
        checked = validate_email(_line(value), check_deliverability=False)
    except EmailNotValidError as wrong:
        raise PydanticCustomError("email", "{reason}", {"reason": str(wrong)}) from None
    return checked.normalized.lower()


def _bounded(value: object) -> object:
    # A document's size should not be spent on parsing what can only be wrong.
    if isinstance(value, str) and len(value) > 254:
        raise PydanticCustomError("string_too_long", "An e-mail address has at most 254 characters")
    return value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_line)]
"""One line of 1 to 200 characters, stripped. Narrow it: Annotated[Line, Field(max_length=80)]."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), AfterValidator(_text)]
"""Up to 10,000 characters in any number of lines."""

Email = Annotated[
    str,
    BeforeValidator(_bounded),
    AfterValidator(_email),
    Field(json_schema_extra={"format": "email"}, max_length=254, examples=["ada@example.com"]),
]
"""An address in canonical form: normalised (NFC, IDNA) and in lower case, so that it is unique as it stands."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]
Sku = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_line)]
Quantity = Annotated[int, Field(strict=True, ge=1, le=999, examples=[1])]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["EUR"])]
Amount = Annotated[int, Field(strict=True, ge=0, le=MAX_INT64, description="Minor units (cents)", examples=[2500])]


class MoneyModel(Model):
    """An amount in minor units with its currency."""

    amount: Amount
    currency: Currency


class Page(Model, Generic[T]):
    """A part of a list. `next_cursor` is null at its end."""

    items: list[T]
    next_cursor: str | None = Field(description="Pass it as `cursor` to go on", examples=[None])
