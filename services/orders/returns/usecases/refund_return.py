"""Pay back what came with a return, less its fee: once, after it was received."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.db import WriteTx
from chassis.problems import FieldError, Invalid
from chassis.resilience import failpoints
from chassis.values import Money
from orders.checkout import Order
from orders.context import OrdersContext
from orders.fulfilment import Quantities, too_many
from orders.refunds import PieceWish, Refund, RefundOrder, RefundReason, RefundWish, find, make_refund, send_refund
from orders.returns.domain.return_state import RECEIVED
from orders.returns.problems import ReturnNotChangeable, ReturnPaidBack
from orders.returns.store import returns
from orders.returns.store.returns import Return
from orders.returns.usecases.locked import locked_return


@dataclass(frozen=True, slots=True)
class PaybackWish:
    """`pieces`: None means all that came. `shipping`: a part of what was paid for it."""

    pieces: Quantities | None = None
    shipping: Money | None = None
    note: str | None = None


async def refund_return(
    ctx: OrdersContext, order_id: UUID, return_id: UUID, refund_id: UUID, wish: PaybackWish, staff_id: UUID
) -> tuple[Order, Return]:
    """The return with its refund; with the id of a refund that was made, it is that one, or none where that has failed.

    Raises:
        NotFound. ReturnNotChangeable: not received. ReturnPaidBack. Invalid: more than came, or nothing is left of it.
        OrderNotRefundable, RefundExceeds: of the room of refunds, as where a piece was paid back before.
    """
    async with ctx.db.write() as tx:
        order, found = await locked_return(tx, order_id, return_id)
        made = None
        if await find(tx, refund_id) is None:
            made = await _make(
                ctx, tx, order, found, RefundOrder(refund_id, _wish(found, wish), staff_id, _WHY, wish.note)
            )
    await failpoints.point("return.refunded")
    if made is not None:
        await send_refund(ctx, made, order.currency)
    async with ctx.db.read() as tx:
        return order, await returns.find(tx, order_id, return_id) or found


_WHY = RefundReason.REQUESTED_BY_CUSTOMER


async def _make(ctx: OrdersContext, tx: WriteTx, order: Order, found: Return, wanted: RefundOrder) -> Refund:
    if found.refund_id is not None:
        raise ReturnPaidBack("Read its refund.", refund_id=str(found.refund_id))
    made = await make_refund(ctx, tx, order, wanted)
    if made is None:
        error = FieldError("lines", "Nothing of it is left to be paid back", "nothing")
        raise Invalid("Its fee is all that was paid, or its pieces cost nothing.", errors=[error])
    await returns.pay_back(tx, found.id, made.id)
    return made


def _wish(found: Return, wish: PaybackWish) -> RefundWish:
    if found.status not in RECEIVED:
        raise ReturnNotChangeable("Money goes back after the pieces have come.", return_status=found.status.value)
    came = {line.position: line.came for line in found.lines if line.came}
    pieces = came if wish.pieces is None else wish.pieces
    missing = too_many(pieces, came)
    errors = [
        FieldError(f"lines.{number}.quantity", f"At most {missing[place]} came", "exceeds")
        for number, place in enumerate(pieces)
        if place in missing
    ]
    if errors or not pieces:
        errors = errors or [FieldError("lines", "None of its pieces came", "nothing")]
        raise Invalid("Only what came is paid back by a return.", errors=errors)
    lines = tuple(PieceWish(place, quantity) for place, quantity in pieces.items())
    return RefundWish(lines=lines, shipping=wish.shipping, fee=found.fee, sent=True)


async def forget_failed_refund(tx: WriteTx, _ctx: OrdersContext, _order: Order, refund: Refund) -> None:
    """A hook of refunds: a return whose refund failed can be paid back again."""
    await returns.forget_refund(tx, refund.id)
