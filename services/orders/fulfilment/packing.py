"""The packing slip of a parcel."""

from __future__ import annotations

from datetime import tzinfo

from orders.documents import Slip
from orders.fulfilment.store.parcels import Parcel


def packing_slip(parcel: Parcel, zone: tzinfo) -> Slip:
    """What is in the parcel, for the room of documents. `zone`: the shop's."""
    return Slip(
        pieces=parcel.quantities,
        day=parcel.shipped_at.astimezone(zone).date(),
        name=str(parcel.number),
        carrier=parcel.tracking.carrier_title or "",
        tracking=parcel.tracking_number or "",
    )
