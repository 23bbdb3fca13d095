"""An order that there must be, read or locked; and its parcel."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx, WriteTx
from chassis.problems import NotFound
from orders.checkout import Order, find_order, lock_order
from orders.fulfilment.store import parcels
from orders.fulfilment.store.parcels import Parcel


async def known_order(tx: ReadTx, order_id: UUID) -> Order:
    """Raises NotFound."""
    return _there(await find_order(tx, order_id), order_id)


async def locked_order(tx: WriteTx, order_id: UUID) -> Order:
    """As checkout.lock_order. Raises NotFound."""
    return _there(await lock_order(tx, order_id), order_id)


async def locked_parcel(tx: WriteTx, order_id: UUID, parcel_id: UUID) -> tuple[Order, Parcel]:
    """The order, locked, and its parcel. Raises NotFound."""
    order = await locked_order(tx, order_id)
    parcel = await parcels.find(tx, order_id, parcel_id)
    if parcel is None:
        raise NotFound(f"There is no parcel {parcel_id} of an order {order_id}.")
    return order, parcel


def _there(order: Order | None, order_id: UUID) -> Order:
    if order is None:
        raise NotFound(f"There is no order {order_id}.")
    return order
