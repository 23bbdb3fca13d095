"""Approve, refuse, cancel or close a return. What does not come back any more can be asked back again."""

from __future__ import annotations

from uuid import UUID

from chassis.values import Money
from orders.checkout import Order, owned_order
from orders.context import OrdersContext
from orders.fulfilment import PiecesChange, change_pieces
from orders.returns.domain.return_state import ReturnStatus, ReturnStep
from orders.returns.problems import ReturnNotChangeable
from orders.returns.store import returns
from orders.returns.store.returns import Return
from orders.returns.usecases.locked import Actor, locked_return, next_status, tell
from orders.returns.usecases.open_return import checked_fee
from orders.shoppers import Viewer

_FREES = {ReturnStatus.REFUSED, ReturnStatus.CANCELLED}


async def decide_return(
    ctx: OrdersContext,
    order_id: UUID,
    return_id: UUID,
    step: ReturnStep,
    actor: Actor,
    *,
    answer: str | None = None,
    fee: Money | None = None,
) -> tuple[Order, Return]:
    """The return after the step, with its order. Asked again, it answers the same.

    Raises:
        NotFound. ReturnNotChangeable: it is not where this can be done, or was decided with other words or another fee,
            as by a colleague at the same moment. Invalid: the fee.
    """
    async with ctx.db.write() as tx:
        order, found = await locked_return(tx, order_id, return_id)
        status = next_status(found, step)
        if status is found.status:
            _check_same(order, found, answer, fee)
            return order, found
        kept = checked_fee(order, fee) if fee is not None else None
        moved = await returns.move(tx, found, status, answer=answer, fee=kept)
        if status in _FREES:
            changes = {line.position: PiecesChange(in_return=-line.quantity) for line in moved.lines}
            await change_pieces(tx, order_id, changes)
        await tell(ctx, tx, moved, actor, {"fee": moved.fee} if moved.fee else None)
    return order, moved


def _check_same(order: Order, found: Return, answer: str | None, fee: Money | None) -> None:
    """Who says something else than what was decided is not told that it was done."""
    other_words = answer is not None and answer != found.answer
    other_fee = fee is not None and fee != Money(found.fee, order.currency)
    if other_words or other_fee:
        raise ReturnNotChangeable("It was decided with other words or another fee.", return_status=found.status.value)


async def withdraw_return(ctx: OrdersContext, viewer: Viewer, order_id: UUID, return_id: UUID) -> tuple[Order, Return]:
    """The shopper keeps the pieces. Raises as decide_return; NotFound also where the order is somebody else's."""
    await owned_order(ctx, viewer, order_id)
    actor = Actor(viewer.account_id, staff=False)
    return await decide_return(ctx, order_id, return_id, ReturnStep.CANCEL, actor)
