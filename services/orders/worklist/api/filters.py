"""Filters of orders: as parameters of lists, and as they are saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta
from pydantic import AfterValidator, AwareDatetime, Field, ValidationError
from pydantic_core import PydanticCustomError

from chassis.web import ABOUT_CURSOR, Currency, Cursor, Model, SingleLine, pagination
from orders.checkout import FulfilmentStatus, Life, PaymentStatus, number_as_typed
from orders.payment_methods import Method
from orders.worklist.domain.filters import Filters, Place
from orders.worklist.domain.tags import LONGEST, normalised

_YEARS = {"ge": "2000-01-01T00:00:00Z", "le": "2999-12-31T00:00:00Z"}
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
# Microseconds until the year 3000, and an order.
_CURSOR = tuple[Annotated[int, Meta(ge=0, le=32_503_680_000_000_000)], UUID]
# An address of which less is known would be almost any.
_SHORTEST_BEGINNING = 3


def _tag(typed: str) -> str:
    tag = normalised(typed)
    if tag is None:
        message = "A tag has 1 to {most} visible characters and no comma"
        raise PydanticCustomError("tag", message, {"most": LONGEST})
    return tag


def _email(typed: str) -> str:
    begin = typed.removesuffix("*")
    if "*" in begin or (begin != typed and len(begin) < _SHORTEST_BEGINNING):
        raise PydanticCustomError("email", "Send an address, or 3 or more of its first characters and then one *")
    return typed


Tag = Annotated[SingleLine, Field(max_length=100), AfterValidator(_tag), Field(examples=["gift"])]
"""A tag, in its stored form afterwards."""

Moment = Annotated[AwareDatetime, Field(**_YEARS)]


class OrderFilters(Model):
    """What orders are looked for by: all that is given must hold; of several statuses, one."""

    number: Annotated[SingleLine | None, Field(max_length=20)] = Field(
        default=None, description="As people type it: M-7F3K9Q, 7f3k9q", examples=["M-7F3K9Q"]
    )
    account_id: UUID | None = Field(default=None, description="One customer's")
    attention: bool = Field(default=False, description="Only those that a person must put right")
    payment_status: Annotated[list[PaymentStatus], Field(max_length=7)] = Field(
        default=[], description="One of these", examples=[["paid"]]
    )
    fulfilment_status: Annotated[list[FulfilmentStatus], Field(max_length=6)] = Field(
        default=[], description="One of these", examples=[["unfulfilled", "partly_fulfilled"]]
    )
    life: Annotated[list[Life], Field(max_length=3)] = Field(
        default=[], description="One of these", examples=[["open"]]
    )
    country: Annotated[str | None, Field(pattern="^[A-Z]{2}$")] = Field(
        default=None, description="Where it goes, else where it is billed", examples=["GB"]
    )
    currency: Currency | None = Field(default=None, description="Paid in this one", examples=["EUR"])
    placed_from: Moment | None = Field(
        default=None, description="Placed then or later", examples=["2026-11-01T00:00:00Z"]
    )
    placed_to: Moment | None = Field(default=None, description="Placed before", examples=["2026-12-01T00:00:00Z"])
    text: Annotated[SingleLine | None, Field(max_length=100)] = Field(
        default=None,
        description="Whole words of names and titles, in any case, with or without accents; or the number",
        examples=["lovelace"],
    )
    sku: Annotated[SingleLine | None, Field(max_length=100)] = Field(
        default=None, description="Of one of its lines, in any case", examples=["FIFTH-3040-PRINT"]
    )
    email: Annotated[SingleLine | None, Field(max_length=254), AfterValidator(lambda sent: sent and _email(sent))] = (
        Field(default=None, description="An address; or how it begins, and a *", examples=["ada@example.com"])
    )
    tag: Annotated[list[Tag], Field(max_length=5)] = Field(default=[], description="All of these", examples=[["gift"]])
    shipping_method: UUID | None = Field(
        default=None, description="Shipped in this way", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c04"]
    )
    payment_method: Annotated[list[Method], Field(max_length=3)] = Field(
        default=[], description="Paid in one of these ways", examples=[["bank_transfer"]]
    )

    @property
    def filters(self) -> Filters:
        """As the use cases have them."""
        given: dict[str, Any] = {name: getattr(self, name) for name in OrderFilters.model_fields}
        given |= {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
        return Filters(**given | {"number": self.number and number_as_typed(self.number)})

    @property
    def stored(self) -> dict[str, Any]:
        """Those that are given, as they are saved."""
        return self.model_dump(mode="json", exclude_defaults=True)


class OrderQuery(OrderFilters):
    """A page of a list of orders."""

    sort: Literal["newest", "oldest"] = Field(default="newest", description="Which come first")
    limit: Annotated[int, Field(ge=1, le=100, description="How many items at most")] = 20
    cursor: Annotated[Cursor | None, Field(description=ABOUT_CURSOR)] = None

    @property
    def after(self) -> Place | None:
        """Where the page before ended. Raises Invalid."""
        if not self.cursor:
            return None
        microseconds, order_id = pagination.decode(self.cursor, _CURSOR)
        return Place(_BEGIN + timedelta(microseconds=microseconds), order_id)


def cursor_of(place: Place | None) -> str | None:
    """The cursor of the page behind this place; None at the end."""
    if place is None:
        return None
    return pagination.encode(((place.placed_at - _BEGIN) // timedelta(microseconds=1), place.order_id))


def usable(stored: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Of saved filters, those that the list of orders takes today; and the names of the others."""
    kept = dict(stored)
    outdated: list[str] = []
    while True:
        try:
            return OrderFilters.model_validate(kept).stored, sorted(outdated)
        except ValidationError as wrong:
            names = {str(error["loc"][0]) for error in wrong.errors()} & kept.keys()
            outdated += names
            kept = {name: value for name, value in kept.items() if name not in names}
