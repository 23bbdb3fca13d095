"""Give an account the orders that its owner placed as a guest, by its verified e-mail address.

Identity says which address that is, after the event that it was verified; nobody has an order for an address that they
only typed. An order that has not ended joins later: the job comes again while there is one.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from chassis import audit
from orders.context import OrdersContext
from orders.joining.store import guests

JOIN = "orders.join_orders"
AT_ONCE = 100
# Orders that are being paid end within days at most.
AGAIN = timedelta(hours=1)
_PATIENCE = 4.0


class JoinOrders(msgspec.Struct, frozen=True):
    """The payload of the job: whose orders. `waits`: it comes again while one has not ended."""

    account_id: UUID
    waits: bool


class _Verified(msgspec.Struct, frozen=True):
    email: str | None


async def join_orders(ctx: OrdersContext, job: JoinOrders) -> None:
    """Join all that have ended. Where the address is not verified, nothing.

    Raises:
        chassis.problems.Unavailable: identity does not answer: the job is tried again.
    """
    path = f"/internal/accounts/{job.account_id}/verified-email"
    found = await ctx.http.call("identity", "GET", path, into=_Verified, timeout=_PATIENCE)
    if found.email is None:
        return
    while await _some(ctx, found.email, job) == AT_ONCE:
        pass


async def _some(ctx: OrdersContext, email: str, job: JoinOrders) -> int:
    async with ctx.db.write() as tx:
        joined = await guests.join(tx, email, job.account_id, AT_ONCE)
        if joined:
            await audit.record(tx, "orders.joined", f"account:{job.account_id}", after={"orders": joined})
        if job.waits and len(joined) < AT_ONCE and await guests.any_open(tx, email):
            await ctx.jobs.enqueue(tx, JOIN, job, AGAIN)
    return len(joined)
