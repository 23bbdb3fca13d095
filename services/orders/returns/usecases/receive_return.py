"""Receive a return, and look at what could not be decided at once. What goes back on the shelf, goes once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from uuid import UUID

from chassis import outbox
from chassis.db import WriteTx
from chassis.problems import FieldError, Invalid
from chassis.resilience import failpoints
from chassis.values import uuid7
from orders.checkout import Order
from orders.context import OrdersContext
from orders.events import OrderReturned
from orders.fulfilment import PiecesChange, ask_for_restock, change_pieces, count_in_order, pieces_of
from orders.quantities import VariantQuantity
from orders.returns import metrics
from orders.returns.domain.receipt import Receipt, ReturnLine, inspected, received, unlike
from orders.returns.domain.return_state import ReturnStep
from orders.returns.problems import ReturnNotChangeable
from orders.returns.store import returns
from orders.returns.store.returns import Return
from orders.returns.usecases.locked import Actor, locked_return, next_status, tell


async def receive_return(
    ctx: OrdersContext, order_id: UUID, return_id: UUID, told: Sequence[Receipt], staff_id: UUID
) -> tuple[Order, Return]:
    """The return, with what became of each of its pieces. Sent again with the same figures, it answers the same.

    Raises:
        NotFound. ReturnNotChangeable: not approved, or received with other figures. Invalid: not all pieces are told.
    """
    async with ctx.db.write() as tx:
        order, found = await locked_return(tx, order_id, return_id)
        _check_told(told, found.quantities)
        lines = received(found.lines, told)
        step = ReturnStep.RECEIVE if any(line.to_process for line in lines) else ReturnStep.RECEIVE_ALL
        status = next_status(found, step)
        if status is found.status:
            return order, _as_before(found, lines)
        await _count(tx, order, lines)
        await returns.count(tx, return_id, lines)
        moved = await returns.move(tx, found, status)
        version = await _tell(ctx, tx, moved, staff_id, lines)
        pieces = sum(line.came for line in lines)
        event = OrderReturned(order.id, order.number, order.account_id, return_id, pieces)
        await outbox.publish(tx, "order", order_id, version, event)
        await _restock(ctx, tx, order, lines)
        await failpoints.point("return.received")
    return order, moved


async def inspect_return(
    ctx: OrdersContext, order_id: UUID, return_id: UUID, told: Sequence[Receipt], staff_id: UUID
) -> tuple[Order, Return]:
    """The return, once each piece that was to be processed is on the shelf or not. Raises as receive_return."""
    async with ctx.db.write() as tx:
        order, found = await locked_return(tx, order_id, return_id)
        status = next_status(found, ReturnStep.INSPECT)
        if status is found.status:
            return order, found
        _check_told(told, {line.position: line.to_process for line in found.lines})
        lines = inspected(found.lines, told)
        await returns.count(tx, return_id, lines)
        moved = await returns.move(tx, found, status)
        looked_at = [ReturnLine(each.position, each.pieces, each.restocked, each.discarded) for each in told]
        await _tell(ctx, tx, moved, staff_id, looked_at)
        await _restock(ctx, tx, order, looked_at)
    return order, moved


def _check_told(told: Sequence[Receipt], expected: dict[int, int]) -> None:
    wrong = unlike(told, expected)
    places = {each.position: number for number, each in enumerate(told)}
    errors = [
        FieldError(f"lines.{places[place]}" if place in places else "lines", f"Line {place} has {pieces} pieces", "sum")
        for place, pieces in wrong.items()
    ]
    if errors:
        raise Invalid("Say of each piece what became of it.", errors=errors)


def _as_before(found: Return, lines: list[ReturnLine]) -> Return:
    if found.lines != lines:
        raise ReturnNotChangeable("It was received with other figures.", return_status=found.status.value)
    return found


async def _count(tx: WriteTx, order: Order, lines: Iterable[ReturnLine]) -> None:
    before = await pieces_of(tx, order.id)
    changes = {line.position: PiecesChange(in_return=-line.quantity, returned=line.came) for line in lines}
    await change_pieces(tx, order.id, changes)
    await count_in_order(tx, order, before, changes)


async def _tell(ctx: OrdersContext, tx: WriteTx, moved: Return, staff_id: UUID, lines: Sequence[ReturnLine]) -> int:
    sums = {
        name: sum(getattr(line, name) for line in lines) for name in ("restocked", "discarded", "to_process", "missing")
    }
    for name, pieces in sums.items():
        if pieces:
            tx.after_commit(partial(metrics.pieces.inc, name, by=pieces))
    return await tell(ctx, tx, moved, Actor(staff_id, staff=True), sums)


async def _restock(ctx: OrdersContext, tx: WriteTx, order: Order, lines: Iterable[ReturnLine]) -> None:
    variants = {line.position: line.variant_id for line in order.lines}
    back = [VariantQuantity(variants[line.position], line.restocked) for line in lines if line.restocked]
    await ask_for_restock(ctx, tx, uuid7(), order.id, back)
