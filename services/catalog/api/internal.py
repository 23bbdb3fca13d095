"""For the service orders: quotes and reservations. Everything here may be repeated."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from fastapi import Response

from catalog.context import Ctx
from catalog.domain.stock import Ask, total
from catalog.problems import OutOfStock, ReservationCommitted, ReservationMismatch, ReservationReleased
from catalog.schemas.internal import QuotesIn, ReservationIn, ReservationOut
from catalog.usecases.commit_reservation import commit_reservation
from catalog.usecases.quote_lines import quote_lines
from catalog.usecases.release_reservation import release_reservation
from catalog.usecases.reserve_stock import reserve_stock
from chassis.auth import internal_router
from chassis.problems import responses

router = internal_router()


def _json(document: Any) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")


@router.post("/quotes", summary="Price the lines of a cart")
async def quotes(wanted: QuotesIn, ctx: Ctx) -> Response:
    """Each line as it is sold now, and the variants that are not."""
    return _json(await quote_lines(ctx, [line.line() for line in wanted.lines], wanted.currency))


@router.post(
    "/reservations",
    summary="Hold stock for an order",
    responses=responses(OutOfStock, ReservationReleased, ReservationMismatch),
)
async def reserve(wanted: ReservationIn, ctx: Ctx) -> Response:
    """All lines or none. The same order again gets the same answer."""
    units = total(line.line() for line in wanted.lines)
    held = await reserve_stock(ctx, Ask(wanted.order_id, units, timedelta(seconds=wanted.hold_seconds)))
    return _json(ReservationOut.of(held))


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
