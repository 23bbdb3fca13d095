"""Ask for a return: the shopper, within some days, or staff at any time. Once for each id."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

import asyncpg

from chassis.db import ReadTx, WriteTx
from chassis.problems import FieldError, Invalid
from chassis.resilience import failpoints
from chassis.values import Money
from orders.checkout import Order, owned_order
from orders.context import OrdersContext
from orders.fulfilment import PiecesChange, Quantities, change_pieces, locked_order, pieces_of, too_many
from orders.returns import metrics
from orders.returns.domain.return_state import ReturnReason, ReturnStatus
from orders.returns.problems import NotReturnable, ReturnLimit
from orders.returns.store import returns
from orders.returns.store.returns import NewReturn, Return
from orders.returns.usecases.locked import Actor, tell
from orders.shoppers import Viewer


@dataclass(frozen=True, slots=True)
class ReturnWish:
    """Which pieces come back, and why. `fee`: what is kept of their money; None: nothing."""

    pieces: Quantities
    reason: ReturnReason
    note: str | None = None
    fee: Money | None = None


async def request_return(
    ctx: OrdersContext, viewer: Viewer, order_id: UUID, return_id: UUID, wish: ReturnWish
) -> tuple[Order, Return]:
    """The return that the order's owner asks for; staff decide on it.

    Raises:
        NotFound. NotReturnable: not delivered in the last days, not a thing that is sent, or asked back before.
        ReturnLimit.
    """
    await owned_order(ctx, viewer, order_id)
    return await _open(ctx, order_id, return_id, wish, Actor(viewer.account_id, staff=False))


async def open_return(
    ctx: OrdersContext, order_id: UUID, return_id: UUID, wish: ReturnWish, staff_id: UUID
) -> tuple[Order, Return]:
    """The return that staff open, approved at once, however long ago it was delivered.

    Raises:
        NotFound. NotReturnable: not sent, or asked back before. ReturnLimit. Invalid: the fee.
    """
    return await _open(ctx, order_id, return_id, wish, Actor(staff_id, staff=True))


async def returnable(ctx: OrdersContext, tx: ReadTx, order_id: UUID, *, staff: bool) -> dict[int, int]:
    """The pieces that may be asked back, by the position of their line."""
    pieces = await pieces_of(tx, order_id)
    free = {place: line.returnable for place, line in pieces.items() if staff or line.ships}
    if not staff:
        recent = await returns.recent(tx, order_id, ctx.settings.return_days)
        free = {place: min(count, recent.get(place, 0)) for place, count in free.items()}
    return {place: count for place, count in free.items() if count > 0}


async def _open(
    ctx: OrdersContext, order_id: UUID, return_id: UUID, wish: ReturnWish, actor: Actor
) -> tuple[Order, Return]:
    async with ctx.db.write() as tx:
        order = await locked_order(tx, order_id)
        found = await returns.find(tx, order_id, return_id)
        if found is None:
            free = await returnable(ctx, tx, order_id, staff=actor.staff)
            missing = too_many(wish.pieces, free)
            if missing:
                rows = [
                    {"position": place, "requested": wish.pieces[place], "left": has} for place, has in missing.items()
                ]
                raise NotReturnable("Some lines have fewer pieces that can be given back.", lines=rows)
            found = await _write(ctx, tx, order, return_id, wish, actor)
            await failpoints.point("return.written")
    return order, found


async def _write(
    ctx: OrdersContext, tx: WriteTx, order: Order, return_id: UUID, wish: ReturnWish, actor: Actor
) -> Return:
    status = ReturnStatus.APPROVED if actor.staff else ReturnStatus.REQUESTED
    fee = checked_fee(order, wish.fee)
    who = "staff" if actor.staff else "shopper"
    new = NewReturn(return_id, order.id, status, who, wish.reason, wish.note, fee, wish.pieces)
    changes = {place: PiecesChange(in_return=quantity) for place, quantity in wish.pieces.items()}
    await change_pieces(tx, order.id, changes)
    try:
        found = await returns.add(tx, new)
    except asyncpg.CheckViolationError as full:
        if full.constraint_name != "returns_number":
            raise
        raise ReturnLimit("Go on with one that is open.") from full
    lines = [{"position": place, "quantity": quantity} for place, quantity in wish.pieces.items()]
    await tell(ctx, tx, found, actor, {"reason": wish.reason.value, "opened_by": who, "lines": lines})
    tx.after_commit(partial(metrics.reasons.inc, wish.reason.value))
    return found


def checked_fee(order: Order, fee: Money | None) -> int:
    """In minor units. Raises Invalid: of another currency, or more than the order cost."""
    if fee is None:
        return 0
    if fee.currency != order.currency:
        error = FieldError("fee.currency", f"The order is in {order.currency}", "wrong-currency")
        raise Invalid("A fee is in the order's currency.", errors=[error])
    if fee.amount > order.total:
        raise Invalid(
            "A fee is part of what was paid.", errors=[FieldError("fee.amount", "More than was paid", "exceeds")]
        )
    return fee.amount
