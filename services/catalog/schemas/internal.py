"""What the other services ask for and get."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from pydantic import Field

from catalog.domain.products import variant_title
from catalog.domain.stock import Reservation, WantedUnits
from catalog.schemas.images import image_path
from catalog.store.quotes import Known, Quote
from chassis.web import Currency, Model, Quantity

MAX_HOLD_SECONDS = 86_400


class LineIn(Model):
    """Units of one variant."""

    variant_id: UUID
    quantity: Quantity

    def line(self) -> WantedUnits:
        """The line as the domain has it."""
        return WantedUnits(self.variant_id, self.quantity)


Lines = Annotated[list[LineIn], Field(min_length=1, max_length=200)]


class QuotesIn(Model):
    """Variants to be priced."""

    lines: Lines
    currency: Currency


class ReservationIn(Model):
    """What an order wants held. A variant may stand on several lines."""

    order_id: UUID
    lines: Lines
    hold_seconds: Annotated[int, Field(strict=True, ge=1, le=MAX_HOLD_SECONDS)]


class QuoteOut(msgspec.Struct, frozen=True):
    """A line with its price in minor units. `available` null: as many as anybody wants."""

    variant_id: UUID
    sku: str
    title: str
    variant_title: str | None
    slug: str
    image_url: str | None
    unit_price: int
    quantity: int
    available: int | None
    weight_grams: int | None
    requires_shipping: bool

    @classmethod
    def of(cls, quote: Quote, quantity: int) -> QuoteOut:
        """The API's form of a quote for so many pieces."""
        return cls(
            variant_id=quote.variant_id,
            sku=quote.sku,
            title=quote.title,
            variant_title=variant_title(quote.option_values) or None,
            slug=quote.slug,
            image_url=image_path(quote.media_id) if quote.media_id else None,
            unit_price=quote.amount,
            quantity=quantity,
            available=quote.available,
            weight_grams=quote.weight_grams,
            requires_shipping=quote.requires_shipping,
        )


class UnsoldOut(msgspec.Struct, frozen=True):
    """A variant that is not sold: its product left the shop, or has it no more, or it has no price in the currency."""

    variant_id: UUID
    sku: str
    title: str
    variant_title: str | None
    slug: str
    image_url: str | None
    reason: Literal["unpublished", "retired", "not-in-currency"]

    @classmethod
    def of(cls, known: Known) -> UnsoldOut:
        """The API's form of a variant that is not sold."""
        return cls(
            variant_id=known.variant_id,
            sku=known.sku,
            title=known.title,
            variant_title=variant_title(known.option_values) or None,
            slug=known.slug,
            image_url=image_path(known.media_id) if known.media_id else None,
            reason="unpublished" if not known.published else "not-in-currency" if known.active else "retired",
        )


class QuotesOut(msgspec.Struct, frozen=True):
    """`missing`: variants that are not sold, or have no price in the currency; `unsold`: what is known of them."""

    lines: list[QuoteOut]
    missing: list[UUID]
    unsold: list[UnsoldOut]


class ReservationOut(msgspec.Struct, frozen=True):
    """A reservation as it stands."""

    order_id: UUID
    status: Literal["held", "committed", "released", "expired"]
    expires_at: datetime | None = None

    @classmethod
    def of(cls, reservation: Reservation) -> ReservationOut:
        """The API's form of a reservation."""
        return cls(reservation.order_id, reservation.status.value, reservation.expires_at)
