"""Mark a parcel as delivered, or cancel it: then its pieces can be sent again."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from chassis import audit, outbox
from chassis.db import WriteTx
from orders.checkout import Order, append_event
from orders.context import OrdersContext
from orders.events import ParcelCancelled
from orders.fulfilment import metrics
from orders.fulfilment.domain.parcel_state import ParcelStatus, ParcelStep, after
from orders.fulfilment.domain.pieces import PiecesChange, too_many
from orders.fulfilment.problems import ParcelNotChangeable
from orders.fulfilment.store import parcels
from orders.fulfilment.store.parcels import Parcel
from orders.fulfilment.store.pieces import change_pieces, pieces_of
from orders.fulfilment.usecases.count_pieces import count_in_order
from orders.fulfilment.usecases.locked import locked_parcel


async def move_parcel(
    ctx: OrdersContext, order_id: UUID, parcel_id: UUID, step: ParcelStep, staff_id: UUID
) -> tuple[Order, Parcel]:
    """The parcel after the step, with its order. Asked again, it answers the same.

    Raises:
        NotFound. ParcelNotChangeable: it was delivered, cancelled, or somebody sends its pieces back.
    """
    async with ctx.db.write() as tx:
        order, parcel = await locked_parcel(tx, order_id, parcel_id)
        status = after(parcel.status, step)
        if status is None:
            raise ParcelNotChangeable(f"It is {parcel.status.value}.", parcel_status=parcel.status.value)
        if status is parcel.status:
            return order, parcel
        moved = await parcels.move(tx, parcel_id, status)
        assert moved is not None, "its order is locked"  # noqa: S101 -- narrows the type
        if status is ParcelStatus.CANCELLED:
            await _give_back(tx, order, moved, staff_id)
        else:
            await append_event(tx, order_id, "parcel_delivered", _named(moved), actor=staff_id)
        await audit.record(tx, f"parcel.{status.value}", f"order:{order_id}", after={"parcel": parcel_id})
        tx.after_commit(partial(metrics.parcels.inc, status.value))
    return order, moved


def _named(parcel: Parcel) -> dict[str, object]:
    return {"parcel_id": str(parcel.id), "number": parcel.number}


async def _give_back(tx: WriteTx, order: Order, parcel: Parcel, staff_id: UUID) -> None:
    before = await pieces_of(tx, order.id)
    if too_many(parcel.quantities, {place: line.returnable for place, line in before.items()}):
        raise ParcelNotChangeable("Some of its pieces are on their way back.", parcel_status=parcel.status.value)
    changes = {place: PiecesChange(fulfilled=-quantity) for place, quantity in parcel.quantities.items()}
    await change_pieces(tx, order.id, changes)
    version = await append_event(tx, order.id, "parcel_cancelled", _named(parcel), actor=staff_id)
    event = ParcelCancelled(order.id, order.number, order.account_id, parcel.id)
    await outbox.publish(tx, "order", order.id, version, event)
    await count_in_order(tx, order, before, changes)
