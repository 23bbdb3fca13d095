"""Write the credit notes that could not be written when their refunds were accepted."""

from __future__ import annotations

from uuid import UUID

from orders.checkout import lock_order
from orders.context import OrdersContext
from orders.refunds.domain.refund import RefundStatus
from orders.refunds.store import credit_notes, refunds
from orders.refunds.usecases.customer_hooks import write_credit_note

BATCH = 100
# Batches of one run: the next one goes on.
BATCHES = 40
_FIRST = UUID(int=0)


async def write_missing_notes(ctx: OrdersContext) -> None:
    """A credit note for each refund of the last week that has none. One for which it cannot be done is told of."""
    after = _FIRST
    for _ in range(BATCHES):
        async with ctx.db.read() as tx:
            missing = await credit_notes.missing(tx, after, BATCH)
        for refund_id in missing:
            await _write(ctx, refund_id)
        if len(missing) < BATCH:
            return
        after = missing[-1]


async def _write(ctx: OrdersContext, refund_id: UUID) -> None:
    async with ctx.db.write() as tx:
        known = await refunds.find(tx, refund_id)
        order = await lock_order(tx, known.order_id) if known else None
        refund = await refunds.find(tx, refund_id)
        # Under the lock: it may have failed meanwhile.
        if order and refund and refund.status is RefundStatus.REFUNDED:
            await write_credit_note(tx, ctx, order, refund)
