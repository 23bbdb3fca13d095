"""Endpoints for the service orders: quotes and reservations. Every call may be repeated."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import Response
from pydantic import Field

from catalog.api.schemas.images import image_path
from catalog.context import Ctx
from catalog.domain.products import variant_title
from catalog.domain.stock import HoldRequest, total
from catalog.problems import (
    OutOfStock,
    ReservationCommitted,
    ReservationMismatch,
    ReservationReleased,
    RestockMismatch,
)
from catalog.store.quotes import Quote
from catalog.usecases.commit_reservation import commit_reservation
from catalog.usecases.quote_variants import quote_variants
from catalog.usecases.release_reservation import release_reservation
from catalog.usecases.reserve_stock import reserve_stock
from catalog.usecases.restock import restock
from chassis.auth import internal_router
from chassis.problems import responses
from chassis.web import Currency, Model, Quantity

router = internal_router()

# The longest time to pay that orders gives, 90 days, and a day more.
MAX_HOLD_SECONDS = 91 * 86_400


class LineIn(Model):
    """Units of one variant."""

    variant_id: UUID
    quantity: Quantity


Lines = Annotated[list[LineIn], Field(min_length=1, max_length=200)]


class QuotesIn(Model):
    """Variants to be priced."""

    lines: Lines
    currency: Currency
    probe: bool = Field(default=False, description="Of the synthetic shopper, who buys its own article and no other")


class ReservationIn(Model):
    """What an order wants held. A variant may stand on several lines."""

    order_id: UUID
    lines: Lines
    hold_seconds: Annotated[int, Field(strict=True, ge=1, le=MAX_HOLD_SECONDS)]


class RestockIn(Model):
    """Pieces that go back on the shelf. A variant may stand on several lines."""

    restock_id: UUID
    lines: Lines


class QuotedVariant(msgspec.Struct, frozen=True):
    """What a line shows of its variant."""

    variant_id: UUID
    sku: str
    title: str
    variant_title: str | None
    slug: str
    image_url: str | None


class QuoteOut(QuotedVariant, frozen=True):
    """A line with its price in minor units. `available` null: as many as anybody wants."""

    unit_price: int
    quantity: int
    available: int | None
    weight_grams: int | None
    requires_shipping: bool
    product_id: UUID
    product_type: str
    tax_class: str


class UnsoldOut(QuotedVariant, frozen=True):
    """A variant that is not sold: its product left the shop, or has it no more, or it has no price in the currency."""

    reason: Literal["unpublished", "retired", "not-in-currency"]


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


class RestockOut(msgspec.Struct, frozen=True):
    """What was done: variants whose stock has grown, whose stock is not counted, and that there are not."""

    restock_id: UUID
    counted: list[UUID]
    uncounted: list[UUID]
    unknown: list[UUID]


def _json(document: Any) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")


@router.post("/quotes", summary="Price the lines of a cart")
async def quotes(wanted: QuotesIn, ctx: Ctx) -> Response:
    """Each line as it is sold now, in the order given, and the variants that are not sold, each once."""
    found = await quote_variants(ctx, [line.variant_id for line in wanted.lines], wanted.currency, probe=wanted.probe)
    priced: list[QuoteOut] = []
    unsold: dict[UUID, UnsoldOut | None] = {}
    for line in wanted.lines:
        quote = found.get(line.variant_id)
        if quote is None or quote.amount is None or not (quote.active and quote.published):
            unsold[line.variant_id] = UnsoldOut(*_shown(quote), _why(quote)) if quote else None
        else:
            amounts = (quote.amount, line.quantity, quote.available, quote.weight_grams, quote.requires_shipping)
            priced.append(QuoteOut(*_shown(quote), *amounts, quote.product_id, quote.product_type, quote.tax_class))
    return _json(QuotesOut(priced, list(unsold), [each for each in unsold.values() if each]))


def _shown(quote: Quote) -> tuple[UUID, str, str, str | None, str, str | None]:
    """The fields of QuotedVariant."""
    image = image_path(quote.media_id) if quote.media_id else None
    return quote.variant_id, quote.sku, quote.title, variant_title(quote.option_values) or None, quote.slug, image


def _why(quote: Quote) -> Literal["unpublished", "retired", "not-in-currency"]:
    if not quote.published:
        return "unpublished"
    return "not-in-currency" if quote.active else "retired"


@router.post(
    "/reservations",
    summary="Hold stock for an order",
    responses=responses(OutOfStock, ReservationReleased, ReservationMismatch),
)
async def reserve(wanted: ReservationIn, ctx: Ctx) -> Response:
    """All lines or none. The same order again gets the same answer."""
    units = total((line.variant_id, line.quantity) for line in wanted.lines)
    held = await reserve_stock(ctx, HoldRequest(wanted.order_id, units, timedelta(seconds=wanted.hold_seconds)))
    return _json(ReservationOut(held.order_id, held.status.value, held.expires_at))


@router.post("/reservations/{order_id}/commit", summary="Sell what an order holds", responses=responses(OutOfStock))
async def commit(order_id: UUID, ctx: Ctx) -> Response:
    """A hold that lapsed is tried anew; of an order that was released or is unknown nothing is sold."""
    await commit_reservation(ctx, order_id)
    return _json(ReservationOut(order_id, "committed"))


@router.post(
    "/reservations/{order_id}/release",
    summary="Give back what an order holds",
    responses=responses(ReservationCommitted),
)
async def release(order_id: UUID, ctx: Ctx) -> Response:
    """Also of an order that was never seen: a late request to hold for it is then refused."""
    await release_reservation(ctx, order_id)
    return _json(ReservationOut(order_id, "released"))


@router.post("/restocks", summary="Put pieces back on the shelf", responses=responses(RestockMismatch))
async def put_back(wanted: RestockIn, ctx: Ctx) -> Response:
    """Once for each `restock_id`; the same again gets the same answer. Stock that is not counted stays as it is."""
    units = total((line.variant_id, line.quantity) for line in wanted.lines)
    lines = await restock(ctx, wanted.restock_id, units)
    outcomes = ("counted", "uncounted", "unknown")
    found = {name: [line.variant_id for line in lines if line.outcome == name] for name in outcomes}
    return _json(RestockOut(wanted.restock_id, **found))
