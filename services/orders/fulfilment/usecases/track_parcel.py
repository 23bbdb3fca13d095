"""Correct how a parcel travels."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from chassis import audit
from orders.checkout import Order, append_event
from orders.context import OrdersContext
from orders.fulfilment.domain.carriers import Tracking
from orders.fulfilment.problems import ParcelNotChangeable
from orders.fulfilment.store import parcels
from orders.fulfilment.store.parcels import Parcel
from orders.fulfilment.usecases.locked import locked_parcel


async def track_parcel(
    ctx: OrdersContext, order_id: UUID, parcel_id: UUID, tracking: Tracking, staff_id: UUID
) -> tuple[Order, Parcel]:
    """The parcel with this tracking, and its order. Sent again, it changes nothing.

    Raises:
        NotFound. ParcelNotChangeable: it was cancelled, or handed over without a carrier.
    """
    async with ctx.db.write() as tx:
        order, parcel = await locked_parcel(tx, order_id, parcel_id)
        if parcel.tracking == tracking:
            return order, parcel
        tracked = await parcels.track(tx, parcel_id, tracking)
        if tracked is None:
            raise ParcelNotChangeable("No carrier has it.", parcel_status=parcel.status.value)
        before, after = asdict(parcel.tracking), asdict(tracking)
        data = {"parcel_id": str(parcel_id), "number": parcel.number, "before": before, "after": after}
        await append_event(tx, order_id, "parcel_tracked", data, actor=staff_id)
        changed = [name for name in after if after[name] != before[name]]
        await audit.record(tx, "parcel.tracked", f"order:{order_id}", after={"parcel": parcel_id, "fields": changed})
    return order, tracked
