"""What figures do with events: each writes rows that are there once, by the id of an order or of a refund."""

from __future__ import annotations

from typing import Any

from chassis.db import WriteTx
from chassis.inbox.consumer import Handler
from chassis.outbox import Event, EventData
from shop.figures.buyers import Buyers
from shop.figures.events import (
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    PaymentCaptured,
    PaymentRefunded,
    PaymentRefundFailed,
)
from shop.figures.store import facts
from shop.figures.store.facts import Booking, PlacedOrder, lines_of


async def _placed(ctx: Any, tx: WriteTx, event: Event, data: OrderPlaced) -> None:
    if data.probe:
        return
    buyer = ctx.get(Buyers).of(data.account_id)
    order = PlacedOrder(data.order_id, event.occurred_at, data.currency, data.country, buyer)
    await facts.note_order(tx, order, lines_of(data.order_id, data.lines))


async def _paid(_ctx: Any, tx: WriteTx, event: Event, data: OrderPaid) -> None:
    """Payments books nothing for what costs nothing."""
    if data.total == 0:
        await facts.book(tx, Booking("capture", data.order_id, data.order_id, data.currency, 0, event.occurred_at))


async def _lines_refunded(_ctx: Any, tx: WriteTx, _event: Event, data: OrderRefunded) -> None:
    if data.lines:
        await facts.note_lines(tx, lines_of(data.refund_id, data.lines))


async def _captured(_ctx: Any, tx: WriteTx, event: Event, data: PaymentCaptured) -> None:
    booking = Booking("capture", data.order_id, data.order_id, data.currency, data.amount, event.occurred_at)
    await facts.book(tx, booking)


async def _refunded(_ctx: Any, tx: WriteTx, event: Event, data: PaymentRefunded) -> None:
    booking = Booking("refund", data.refund_id, data.order_id, data.currency, -data.amount, event.occurred_at)
    await facts.book(tx, booking)


async def _refund_failed(_ctx: Any, tx: WriteTx, event: Event, data: PaymentRefundFailed) -> None:
    booking = Booking("refund_reversal", data.refund_id, data.order_id, data.currency, data.amount, event.occurred_at)
    await facts.book_reversal(tx, booking)


HANDLERS: dict[str, tuple[type[EventData], Handler]] = {
    OrderPlaced.type: (OrderPlaced, _placed),
    OrderPaid.type: (OrderPaid, _paid),
    OrderRefunded.type: (OrderRefunded, _lines_refunded),
    PaymentCaptured.type: (PaymentCaptured, _captured),
    PaymentRefunded.type: (PaymentRefunded, _refunded),
    PaymentRefundFailed.type: (PaymentRefundFailed, _refund_failed),
}
"""By the type of an event: the fields of it that are needed, and what is done with it."""
