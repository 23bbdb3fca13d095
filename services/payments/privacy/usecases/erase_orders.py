"""Erase the person from the payments of orders: all of these, or none."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.resilience import failpoints
from payments.context import PaymentsContext
from payments.privacy import store
from payments.privacy.domain import reasons_of
from payments.privacy.problems import ErasureBlocked


async def erase_orders(ctx: PaymentsContext, order_ids: list[UUID]) -> None:
    """The second time nothing changes. An order without a payment is kept in the list of erasures as well.

    Raises:
        ErasureBlocked: money of one of them is open.
    """
    async with ctx.db.write() as tx:
        payment_ids = await store.lock(tx, order_ids)
        reasons = [reason for payment in await store.open_payments(tx, order_ids) for reason in reasons_of(payment)]
        if reasons:
            raise ErasureBlocked("See `reasons`.", reasons=reasons)
        await store.note(tx, order_ids, "order")
        await store.erase(tx, payment_ids)
        await audit.record(tx, "payments.erased", after={"orders": order_ids})
        await failpoints.point("payments.erasure_written")
