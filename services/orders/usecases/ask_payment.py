"""Decide by the provider's word whether an order whose time is over is paid.

The order's own row learns of a payment from events alone, and they may be late: after an outage of whoever tells or
follows them, everything paid would be given up.
"""

from __future__ import annotations

from uuid import UUID

from orders import clients
from orders.context import OrdersContext
from orders.domain.order_state import Fact

_PAID_IN_TIME = {"authorised": Fact.AUTHORISED, "capturing": Fact.AUTHORISED, "captured": Fact.CAPTURED}


async def paid_or_expired(ctx: OrdersContext, order_id: UUID) -> Fact:
    """That it is paid, or about to be; else that its time is over.

    Raises:
        Unavailable: it is not known; ask again later.
    """
    return _PAID_IN_TIME.get(await clients.looked_up_payment(ctx, order_id), Fact.EXPIRED)
