"""The parcels of an order, and what is left to be sent: for staff, and for its owner."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from orders.checkout import Order, owned_order
from orders.context import OrdersContext
from orders.fulfilment.domain.parcel_state import ParcelStatus
from orders.fulfilment.store import parcels
from orders.fulfilment.store.parcels import Parcel
from orders.fulfilment.store.pieces import pieces_of
from orders.fulfilment.usecases.locked import known_order
from orders.shoppers import Viewer


@dataclass(frozen=True, slots=True)
class Shipment:
    """`left`: pieces that are still to be sent, by the position of their line."""

    order: Order
    parcels: list[Parcel]
    left: dict[int, int]


async def list_parcels(ctx: OrdersContext, order_id: UUID) -> Shipment:
    """All of them, cancelled ones too. Raises NotFound."""
    async with ctx.db.read() as tx:
        order = await known_order(tx, order_id)
        found, pieces = await parcels.of_order(tx, order_id), await pieces_of(tx, order_id)
    return Shipment(order, found, {place: line.open for place, line in pieces.items() if line.open})


async def list_own_parcels(ctx: OrdersContext, viewer: Viewer, order_id: UUID) -> tuple[Order, list[Parcel]]:
    """Those that were not cancelled. Raises NotFound: also where the order is somebody else's."""
    order = await owned_order(ctx, viewer, order_id)
    async with ctx.db.read() as tx:
        found = await parcels.of_order(tx, order_id)
    return order, [parcel for parcel in found if parcel.status is not ParcelStatus.CANCELLED]
