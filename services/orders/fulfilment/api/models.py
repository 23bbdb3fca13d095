"""Requests and answers about parcels."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Protocol, Self, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from chassis.web import Model, Quantity, VisibleSingleLine
from orders.checkout import Order
from orders.fields import Sku, Title, VariantTitle, When
from orders.fulfilment.domain.carriers import LONGEST_PAGE, Tracking, tracking_of
from orders.fulfilment.domain.parcel_state import ParcelStatus
from orders.fulfilment.store.parcels import Parcel
from orders.fulfilment.usecases.list_parcels import Shipment
from orders.fulfilment.usecases.send_parcel import ParcelWish, SentParcel
from orders.quantities import MAX_LINES

Position = Annotated[int, Field(strict=True, ge=1, le=MAX_LINES, description="Of the order's line", examples=[1])]


def _https(value: str) -> str:
    try:
        parts = urlsplit(value)
        plain = parts.scheme == "https" and "." in (parts.hostname or "") and not (parts.username or parts.password)
        fits = plain and parts.port in {None, 443} and not any(letter in value for letter in ' \\"<>')
    except ValueError:
        fits = False
    if not fits:
        raise PydanticCustomError("tracking_url", "An address that begins with https://, without a user and a port")
    return value


TrackingUrl = Annotated[
    VisibleSingleLine,
    Field(max_length=LONGEST_PAGE, examples=["https://www.ups.com/track?tracknum=1Z999AA10123456784"]),
    AfterValidator(_https),
]


class TrackingRequest(Model):
    """How a parcel travels. The tracking page of a known carrier need not be given."""

    carrier: Annotated[VisibleSingleLine, Field(max_length=60)] | None = Field(
        default=None,
        description="canada-post, dhl, dhl-express, dpd, fedex, gls, japan-post, la-poste, postnl, royal-mail, "
        "swiss-post, ups, usps, or any other name",
        examples=["ups"],
    )
    tracking_number: Annotated[VisibleSingleLine, Field(max_length=60)] | None = Field(
        default=None, examples=["1Z999AA10123456784"]
    )
    tracking_url: TrackingUrl | None = None

    @property
    def tracking(self) -> Tracking:
        """What the use case works with."""
        return tracking_of(self.carrier, self.tracking_number, self.tracking_url)


class PiecesRequest(Model):
    """So many pieces of a line."""

    position: Position
    quantity: Quantity


class _OfLine(Protocol):
    @property
    def position(self) -> int: ...


P = TypeVar("P", bound=_OfLine)


def each_once(lines: list[P]) -> list[P]:
    """The same lines. Raises a field's error: one of them stands there twice."""
    if len({line.position for line in lines}) < len(lines):
        raise PydanticCustomError("position_twice", "Name each line once")
    return lines


class ParcelRequest(TrackingRequest):
    """What is in a parcel. Each line stands in it once."""

    lines: Annotated[list[PiecesRequest], Field(min_length=1, max_length=MAX_LINES)]
    by_hand: bool = Field(
        default=False, description="Handed over, or delivered by other means: what is not shipped, or fetched"
    )
    despite_dispute: bool = Field(default=False, description="Send it although its payment is disputed")

    @field_validator("lines")
    @classmethod
    def _once(cls, lines: list[PiecesRequest]) -> list[PiecesRequest]:
        return each_once(lines)

    @field_validator("by_hand")
    @classmethod
    def _without_carrier(cls, by_hand: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 -- pydantic's form
        if by_hand and any(info.data.get(name) for name in TrackingRequest.model_fields):
            raise PydanticCustomError("by_hand", "What is handed over has no carrier and no tracking")
        return by_hand

    @property
    def wish(self) -> ParcelWish:
        """What the use case works with."""
        pieces = {line.position: line.quantity for line in self.lines}
        return ParcelWish(pieces, self.tracking, self.by_hand, self.despite_dispute)


class ParcelLineView(Model):
    """What is in a parcel of a line."""

    position: Position
    sku: Sku
    title: Title
    variant_title: VariantTitle
    quantity: int = Field(examples=[1])


class ParcelView(Model):
    """A parcel, or what was handed over."""

    id: UUID
    number: int = Field(description="The order's first parcel, its second", examples=[1])
    status: ParcelStatus = Field(description="Whether it is on its way, arrived, or was taken back", examples=["sent"])
    by_hand: bool = Field(description="Handed over without a carrier", examples=[False])
    carrier: str | None = Field(description="Its name", examples=["UPS"])
    tracking_number: str | None = Field(examples=["1Z999AA10123456784"])
    tracking_url: str | None = Field(examples=["https://www.ups.com/track?tracknum=1Z999AA10123456784"])
    shipped_at: When
    delivered_at: datetime | None = Field(examples=[None])
    cancelled_at: datetime | None = Field(examples=[None])
    lines: list[ParcelLineView]

    @classmethod
    def of(cls, order: Order, parcel: Parcel) -> Self:
        """The API's form of a parcel."""
        return cls.model_validate(_fields(order, parcel))


class SentParcelView(ParcelView):
    """`warning`: what whoever sends it should know."""

    warning: Literal["disputed"] | None = Field(description="The order's payment is disputed", examples=[None])

    @classmethod
    def sent(cls, sent: SentParcel) -> Self:
        """The API's form of a parcel that was just sent."""
        warning = "disputed" if sent.disputed else None
        return cls.model_validate({**_fields(sent.order, sent.parcel), "warning": warning})


class LeftView(Model):
    """So many pieces of a line are still to be sent."""

    position: Position
    quantity: int = Field(examples=[1])


class Parcels(Model):
    """The first parcel first."""

    items: list[ParcelView]

    @classmethod
    def of(cls, order: Order, parcels: list[Parcel]) -> Self:
        """The API's form of an order's parcels."""
        return cls(items=[ParcelView.of(order, parcel) for parcel in parcels])


class StaffParcels(Parcels):
    """With what is still to be sent."""

    left: list[LeftView]

    @classmethod
    def whole(cls, shipment: Shipment) -> Self:
        """The API's form of all that is known of an order's parcels."""
        items = [ParcelView.of(shipment.order, parcel) for parcel in shipment.parcels]
        left = [LeftView(position=place, quantity=quantity) for place, quantity in shipment.left.items()]
        return cls(items=items, left=left)


def _fields(order: Order, parcel: Parcel) -> dict[str, Any]:
    inside = parcel.quantities
    lines = [
        {**{name: getattr(line, name) for name in ParcelLineView.model_fields}, "quantity": inside[line.position]}
        for line in order.lines
        if line.position in inside
    ]
    own = {name: getattr(parcel, name) for name in ParcelView.model_fields if name != "lines"}
    return {**own, "carrier": parcel.tracking.carrier_title, "lines": lines}
