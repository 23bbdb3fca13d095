"""What is refused about parcels, and why."""

from __future__ import annotations

from chassis.problems import Conflict


class OrderNotShippable(Conflict):
    """409: nothing of this order is sent now; extension `obstacle`: not_paid, refunded, paid_without_stock, disputed.

    What to do: Look at the order; send a disputed one with `despite_dispute`, if that is what you want.
    """

    type, title = "order-not-shippable", "Nothing of this order can be sent now"


class NotEnoughPieces(Conflict):
    """409: more pieces than are left of a line; extension `lines`: [{position, requested, left}].

    What to do: Read the order's parcels again, and take what is `left`.
    """

    type, title = "not-enough-pieces", "So many pieces are not left"


class ParcelNotChangeable(Conflict):
    """409: the parcel has gone too far; extension `parcel_status`.

    What to do: Read the parcel: what is delivered comes back by a return.
    """

    type, title = "parcel-not-changeable", "This parcel can no longer be changed so"


class ParcelLimit(Conflict):
    """409: the order has as many parcels as it can.

    What to do: Put more into one parcel.
    """

    type, title = "parcel-limit", "The order has as many parcels as it can"
