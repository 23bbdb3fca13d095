"""Cancel pieces of a paid order that were not sent: for staff, with or without their money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from chassis import audit
from chassis.db import WriteTx
from chassis.resilience import failpoints
from chassis.values import Money, uuid7
from orders.checkout import Order, OrderStatus
from orders.context import OrdersContext
from orders.fulfilment import ask_for_restock, cancel_pieces, locked_order, pieces_of
from orders.problems import OrderNotCancellable
from orders.quantities import VariantQuantity
from orders.refunds import metrics
from orders.refunds.domain.cancellation import Cancellation, CancelledLine, CancelReason
from orders.refunds.domain.refund import Refund, RefundReason
from orders.refunds.problems import NothingToCancel
from orders.refunds.store import cancellations, refunds
from orders.refunds.usecases.hooks import Hooks
from orders.refunds.usecases.make_refund import RefundOrder, make_refund
from orders.refunds.usecases.preview_refund import PieceWish, RefundWish
from orders.refunds.usecases.send_refund import send_refund
from orders.refunds.usecases.tell import NO_TIME, tell_cancelled

_REASONS = {
    CancelReason.CUSTOMER: RefundReason.REQUESTED_BY_CUSTOMER,
    CancelReason.FRAUD: RefundReason.FRAUDULENT,
}


@dataclass(frozen=True, slots=True)
class CancellationWish:
    """`lines`: pieces by the position of their line; None: all that are not sent. `refund`: give their money back, too.

    `expected`: what that has to come to; None: whatever it is.
    """

    lines: Mapping[int, int] | None
    reason: CancelReason
    note: str | None
    restock: bool
    refund: bool
    expected: Money | None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A cancellation, and the refund that belongs to it, if there is one."""

    order: Order
    cancellation: Cancellation
    refund: Refund | None


async def cancel_order_pieces(
    ctx: OrdersContext, order_id: UUID, cancellation_id: UUID, wish: CancellationWish, staff_id: UUID
) -> Cancelled:
    """The cancellation. With the id of one that was made, it is that one.

    Raises:
        NotFound. OrderNotCancellable: it is not paid. NothingToCancel, NotEnoughPieces, RefundChanged.
    """
    async with ctx.db.write() as tx:
        order = await locked_order(tx, order_id)
        made = await cancellations.find(tx, cancellation_id)
        if made is None:
            done = await _cancel(ctx, tx, order, cancellation_id, wish, staff_id)
        else:
            done = Cancelled(order, made, await refunds.of_cancellation(tx, made.id))
        await failpoints.point("orders.pieces_cancelled")
    if done.refund is None:
        return done
    return Cancelled(order, done.cancellation, await send_refund(ctx, done.refund, order.currency))


async def _cancel(
    ctx: OrdersContext, tx: WriteTx, order: Order, cancellation_id: UUID, wish: CancellationWish, staff_id: UUID
) -> Cancelled:
    if order.status != OrderStatus.PAID.value:
        raise OrderNotCancellable("It is not paid: end it instead.", order_status=order.status)
    pieces = await pieces_of(tx, order.id)
    wanted = wish.lines if wish.lines is not None else {place: line.open for place, line in pieces.items() if line.open}
    if not wanted:
        raise NothingToCancel("What was sent comes back by a return.")
    await cancel_pieces(tx, order, wanted)
    made = await cancellations.add(
        tx,
        Cancellation(
            id=cancellation_id,
            order_id=order.id,
            reason=wish.reason,
            note=wish.note,
            restock=wish.restock and order.stock == "committed",
            lines=[CancelledLine(position, quantity) for position, quantity in wanted.items()],
            created_by=staff_id,
            created_at=NO_TIME,
        ),
    )
    data = {"cancellation_id": str(made.id), "reason": wish.reason.value}
    await tell_cancelled(tx, order, wanted, actor=staff_id, data=data)
    whole = sum(line.cancelled for line in pieces.values()) + sum(wanted.values()) == order.pieces
    refund = await _refund(ctx, tx, order, made, wish, whole=whole) if wish.refund else None
    if made.restock:
        await ask_for_restock(ctx, tx, made.id, order.id, _restocked(order, wanted))
    await audit.record(tx, "order.pieces_cancelled", f"order:{order.id}", after={"cancellation": made.id})
    for hook in ctx.get(Hooks).cancelled:
        await hook(tx, ctx, order, made, refund)
    tx.after_commit(partial(metrics.cancelled.inc, wish.reason.value, by=sum(wanted.values())))
    return Cancelled(order, made, refund)


async def _refund(
    ctx: OrdersContext, tx: WriteTx, order: Order, made: Cancellation, wish: CancellationWish, *, whole: bool
) -> Refund | None:
    """Of the pieces; of all that is left, shipping included, where no piece of the order is left."""
    lines = tuple(PieceWish(line.position, line.quantity) for line in made.lines)
    return await make_refund(
        ctx,
        tx,
        order,
        RefundOrder(
            id=uuid7(),
            wish=RefundWish(whole=True) if whole else RefundWish(lines),
            staff_id=made.created_by,
            reason=_REASONS.get(wish.reason, RefundReason.OTHER),
            note=wish.note,
            expected=wish.expected,
            cancellation_id=made.id,
        ),
    )


def _restocked(order: Order, wanted: Mapping[int, int]) -> list[VariantQuantity]:
    variants = {line.position: line.variant_id for line in order.lines}
    return [VariantQuantity(variants[position], quantity) for position, quantity in wanted.items()]
