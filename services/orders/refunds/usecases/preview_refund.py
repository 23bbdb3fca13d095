"""What a refund would give back, and what is left to be given back; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from chassis.db import ReadTx
from chassis.problems import FieldError, Invalid
from chassis.values import Money, charge_step
from orders.checkout import Order, Payment
from orders.context import OrdersContext
from orders.fulfilment import Pieces, known_order, pieces_of
from orders.refunds.domain.amounts import after, calculate, spread
from orders.refunds.domain.parts import Amounts, Exceeds, Left, LineLeft, Sold, Wanted
from orders.refunds.problems import OrderNotRefundable, RefundExceeds
from orders.refunds.store import refunds
from orders.refunds.store.refunds import Taken, TakenLine


@dataclass(frozen=True, slots=True)
class PieceWish:
    """So many pieces of a line. `restock`: those that were not sent go back on the shelf."""

    position: int
    quantity: int
    restock: bool = False


@dataclass(frozen=True, slots=True)
class RefundWish:
    """What is to be given back. `restock` is for a whole refund, where no line is named; `sent`: of pieces that were
    sent, and of no other.
    """

    lines: tuple[PieceWish, ...] = ()
    shipping: Money | None = None
    amount: Money | None = None
    whole: bool = False
    restock: bool = False
    fee: int = 0
    sent: bool = False

    @property
    def wanted(self) -> Wanted:
        """For the calculation."""
        pieces = {line.position: line.quantity for line in self.lines}
        shipping, amount = self.shipping.amount if self.shipping else 0, self.amount.amount if self.amount else 0
        return Wanted(pieces, shipping, amount, self.whole, self.fee)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a refund gives back. `unsent`: pieces that it cancels, by the position of their line; `left`: before it."""

    order: Order
    left: Left
    amounts: Amounts
    unsent: dict[int, int]


async def preview_refund(ctx: OrdersContext, order_id: UUID, wish: RefundWish) -> Preview:
    """The same figures as the refund itself would have now.

    Raises:
        NotFound. OrderNotRefundable, RefundExceeds, Invalid.
    """
    async with ctx.db.read() as tx:
        return await work_out(tx, await known_order(tx, order_id), wish)


async def work_out(tx: ReadTx, order: Order, wish: RefundWish) -> Preview:
    """What the wish comes to. Raises OrderNotRefundable, RefundExceeds, Invalid."""
    if order.payment != Payment.CAPTURED.value:
        raise OrderNotRefundable(f"The payment of order {order.number} is {order.payment}.")
    _check_money(order, wish)
    taken = await refunds.taken(tx, order.id)
    left = left_of(order, taken)
    try:
        amounts = calculate(left, wish.wanted)
    except Exceeds as exceeds:
        raise _refused(order, wish, left, exceeds) from exceeds
    unsent = _unsent(await pieces_of(tx, order.id), taken, amounts) if amounts.lines else {}
    if wish.sent and unsent:
        position, count = next(iter(unsent.items()))
        raise _refused(order, wish, left, Exceeds("quantity", wish.wanted.pieces[position] - count, position))
    _check_restock(wish, unsent)
    return Preview(order, left, amounts, unsent)


def left_of(order: Order, taken: Taken) -> Left:
    """What refunds have left of an order."""
    by_position = {line.position: line for line in taken.lines}
    lines = []
    for line in order.lines:
        gone = by_position.get(line.position, TakenLine(line.position))
        lines.append(
            LineLeft(
                line.position,
                Sold(line.quantity, line.paid, line.tax, line.discount),
                line.quantity - gone.quantity,
                line.paid - gone.gross,
                line.tax - gone.tax,
                line.discount - gone.discount,
            )
        )
    left = Left(
        tuple(lines),
        order.shipping_paid - taken.shipping,
        order.shipping_tax - taken.shipping_tax,
        max(order.total - taken.amount, 0),
        charge_step(order.currency),
    )
    # Those other refunds have failed, where there is something left that it can be of.
    return replace(after(left, spread(left, taken.of_no_line)), amount=left.amount)


def _unsent(pieces: dict[int, Pieces], taken: Taken, amounts: Amounts) -> dict[int, int]:
    """Pieces that are paid back and neither sent nor cancelled: nobody is to send them any more."""
    before = {line.position: line.quantity for line in taken.lines}
    unsent = {}
    for line in amounts.lines:
        known = pieces[line.position]
        count = before.get(line.position, 0) + line.quantity - known.cancelled - known.fulfilled
        if count > 0 and line.quantity:
            unsent[line.position] = min(count, line.quantity)
    return unsent


def _check_money(order: Order, wish: RefundWish) -> None:
    errors = [
        FieldError(f"{name}.currency", f"The order is in {order.currency}", "wrong-currency")
        for name, money in (("shipping", wish.shipping), ("amount", wish.amount))
        if money is not None and money.currency != order.currency
    ]
    step = charge_step(order.currency)
    if wish.amount is not None and wish.amount.amount % step:
        errors.append(FieldError("amount.amount", f"A multiple of {step}: smaller parts cannot be paid back", "step"))
    if errors:
        raise Invalid("These amounts cannot be given back.", errors=errors)


def _check_restock(wish: RefundWish, unsent: dict[int, int]) -> None:
    message = "These pieces were sent: what comes back is put on the shelf by a return"
    errors = [
        FieldError(f"lines.{number}.restock", message, "sent")
        for number, line in enumerate(wish.lines)
        if line.restock and not unsent.get(line.position)
    ]
    if errors:
        raise Invalid("Only pieces that were not sent can be restocked here.", errors=errors)


def _refused(order: Order, wish: RefundWish, left: Left, exceeds: Exceeds) -> RefundExceeds:
    places = {line.position: number for number, line in enumerate(wish.lines)}
    field = f"{exceeds.field}.amount" if exceeds.position is None else f"lines.{places[exceeds.position]}.quantity"
    what = {
        "amount": left.amount,
        "shipping": left.shipping,
        "lines": [{"position": line.position, "quantity": line.quantity} for line in left.lines],
        "currency": order.currency,
    }
    error = FieldError(field, f"At most {exceeds.left}", "exceeds")
    return RefundExceeds("Other refunds may have been made meanwhile.", errors=[error], left=what)
