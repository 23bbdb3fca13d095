"""Entries of an order's history, and events, about what is given back or cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis import outbox
from chassis.db import WriteTx
from orders.checkout import Order, append_event, progress_of
from orders.events import OrderPiecesCancelled, OrderRefunded, OrderRefundFailed
from orders.pricing import discounts
from orders.refunds.domain.refund import Refund, RefundStatus
from orders.sales import refunded_lines

# In place of the database's time, until the row is written.
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


async def tell_cancelled(
    tx: WriteTx, order: Order, pieces: Mapping[int, int], *, actor: UUID, data: Mapping[str, Any]
) -> None:
    """Pieces, by the position of their line, were cancelled just now. Without any piece left, the order's uses of
    discounts are given back.
    """
    lines = [{"position": position, "quantity": quantity} for position, quantity in pieces.items()]
    version = await append_event(tx, order.id, "pieces_cancelled", {**data, "lines": lines}, actor=actor)
    whole = (await progress_of(tx, order.id)).cancelled >= order.pieces
    if whole:
        await discounts.give_back(tx, order.id)
    event = OrderPiecesCancelled(order.id, order.number, order.account_id, sum(pieces.values()), whole)
    await outbox.publish(tx, "order", order.id, version, event)


async def tell_refund(tx: WriteTx, order: Order, refund: Refund, refunded: int) -> None:
    """A refund was accepted, or failed; `refunded`: all that went back of the order by now."""
    good = refund.status is RefundStatus.REFUNDED
    data = {"refund_id": str(refund.id), "amount": refund.amount, "origin": refund.origin.value}
    kind, more = ("refunded", {}) if good else ("refund_failed", {"failure": refund.failure})
    version = await append_event(tx, order.id, kind, {**data, **more})
    told = (order.id, order.number, order.account_id, refund.id, order.currency, refund.amount, refunded)
    lines = refunded_lines(order.lines, refund.lines)
    event = OrderRefunded(*told, lines=lines) if good else OrderRefundFailed(*told)
    await outbox.publish(tx, "order", order.id, version, event)
