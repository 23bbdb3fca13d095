"""The packing slip of one parcel, as PDF."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.problems import NotFound
from chassis.shop_profile import KeptShop
from orders.checkout import Order, find_order
from orders.context import OrdersContext
from orders.documents import packing_slip_pdf
from orders.fulfilment.packing import packing_slip
from orders.fulfilment.store import parcels
from orders.fulfilment.store.parcels import Parcel


async def parcel_slip(ctx: OrdersContext, order_id: UUID, parcel_id: UUID) -> tuple[Order, Parcel, bytes]:
    """The order, the parcel and its slip, without prices: a parcel may be a present.

    Raises:
        NotFound. Unavailable: too much is being drawn; try again.
    """
    async with ctx.db.read() as tx:
        order = await find_order(tx, order_id)
        parcel = await parcels.find(tx, order_id, parcel_id)
    if order is None or parcel is None:
        raise NotFound(f"There is no parcel {parcel_id} of an order {order_id}.")
    slip = packing_slip(parcel, ZoneInfo(ctx.get(KeptShop).look.time_zone))
    return order, parcel, await packing_slip_pdf(ctx, order, slip)
