"""Send pieces of an order in a parcel, or hand them over: once for each id."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg

from chassis import audit, outbox
from chassis.db import WriteTx
from chassis.problems import FieldError, Invalid
from chassis.resilience import failpoints
from orders.checkout import Attention, Order, OrderStatus, Progress, append_event, progress_of
from orders.context import OrdersContext
from orders.events import ParcelSent
from orders.fulfilment import metrics
from orders.fulfilment.domain.carriers import Tracking
from orders.fulfilment.domain.pieces import Pieces, PiecesChange, Quantities
from orders.fulfilment.domain.shippable import Obstacle, Standing, obstacle
from orders.fulfilment.problems import OrderNotShippable, ParcelLimit
from orders.fulfilment.store import parcels
from orders.fulfilment.store.parcels import Parcel
from orders.fulfilment.store.pieces import change_pieces, pieces_of
from orders.fulfilment.usecases.count_pieces import check_left, count_in_order
from orders.fulfilment.usecases.locked import locked_order
from orders.fulfilment.usecases.mail_parcel import PARCEL_MAIL, ParcelMail

_WHY = {
    Obstacle.NOT_PAID: "It is not paid, or it was given up.",
    Obstacle.REFUNDED: "All of its money was given back.",
    Obstacle.WITHOUT_STOCK: "It was paid, and its stock was not there: put that right first.",
    Obstacle.DISPUTED: "Its payment is disputed: what you send may be lost. Say `despite_dispute` to send it.",
}


@dataclass(frozen=True, slots=True)
class ParcelWish:
    """Which pieces go, and how."""

    pieces: Quantities
    tracking: Tracking
    by_hand: bool
    despite_dispute: bool


@dataclass(frozen=True, slots=True)
class SentParcel:
    """A parcel with its order. `disputed`: the order's payment is disputed, as whoever sends it should know."""

    order: Order
    parcel: Parcel
    disputed: bool


async def send_parcel(
    ctx: OrdersContext, order_id: UUID, parcel_id: UUID, wish: ParcelWish, staff_id: UUID
) -> SentParcel:
    """The parcel. With the id of one that was sent, it is that one.

    Raises:
        NotFound. OrderNotShippable, NotEnoughPieces, ParcelLimit. Invalid: a line that is not shipped has no parcel.
    """
    async with ctx.db.write() as tx:
        order = await locked_order(tx, order_id)
        progress = await progress_of(tx, order_id)
        sent = await parcels.find(tx, order_id, parcel_id)
        if sent is None:
            _check_order(order, progress, despite_dispute=wish.despite_dispute)
            sent = await _send(ctx, tx, order, parcel_id, wish, staff_id)
            await failpoints.point("parcel.written")
    return SentParcel(order, sent, progress.disputes > 0)


def _check_order(order: Order, progress: Progress, *, despite_dispute: bool) -> None:
    standing = Standing(
        paid=order.status == OrderStatus.PAID.value,
        without_stock=order.attention == Attention.PAID_WITHOUT_STOCK.value,
        total=order.total,
        refunded=progress.refunded + progress.refund_pending,
        disputes=progress.disputes,
    )
    why = obstacle(standing, despite_dispute=despite_dispute)
    if why is not None:
        raise OrderNotShippable(_WHY[why], obstacle=why.value)


async def _send(
    ctx: OrdersContext, tx: WriteTx, order: Order, parcel_id: UUID, wish: ParcelWish, staff_id: UUID
) -> Parcel:
    before = await pieces_of(tx, order.id)
    check_left(wish.pieces, {place: line.open for place, line in before.items()})
    if not wish.by_hand:
        _check_shipped(wish.pieces, before)
    changes = {place: PiecesChange(fulfilled=quantity) for place, quantity in wish.pieces.items()}
    await change_pieces(tx, order.id, changes)
    try:
        parcel = await parcels.add(tx, order.id, parcel_id, wish.pieces, wish.tracking, by_hand=wish.by_hand)
    except asyncpg.CheckViolationError as full:
        if full.constraint_name != "parcels_number":
            raise
        raise ParcelLimit("Put more into one parcel.") from full
    await _tell(ctx, tx, order, parcel, staff_id)
    await count_in_order(tx, order, before, changes)
    return parcel


def _check_shipped(wanted: Quantities, lines: dict[int, Pieces]) -> None:
    message = "It is not shipped: mark it as delivered by hand"
    errors = [
        FieldError(f"lines.{number}.position", message, "not-shipped")
        for number, place in enumerate(wanted)
        if not lines[place].ships
    ]
    if errors:
        raise Invalid("A line that is not shipped is in no parcel; send `by_hand` for it.", errors=errors)


async def _tell(ctx: OrdersContext, tx: WriteTx, order: Order, parcel: Parcel, staff_id: UUID) -> None:
    kind = "handed_over" if parcel.by_hand else "parcel_sent"
    data: dict[str, Any] = {
        "parcel_id": str(parcel.id),
        "number": parcel.number,
        "carrier": parcel.carrier,
        "lines": [{"position": line.position, "quantity": line.quantity} for line in parcel.lines],
    }
    version = await append_event(tx, order.id, kind, data, actor=staff_id)
    event = ParcelSent(order.id, order.number, order.account_id, parcel.id, by_hand=parcel.by_hand)
    await outbox.publish(tx, "order", order.id, version, event)
    if not parcel.by_hand:
        await ctx.jobs.enqueue(tx, PARCEL_MAIL, ParcelMail(order.id, parcel.id))
    await audit.record(tx, "parcel.sent", f"order:{order.id}", after={"parcel": parcel.id})
    tx.after_commit(partial(metrics.parcels.inc, "by_hand" if parcel.by_hand else "sent"))
    tx.after_commit(partial(metrics.pieces.inc, by=sum(line.quantity for line in parcel.lines)))
