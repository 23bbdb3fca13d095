"""Read the refunds that have not ended, and set the shared gauges."""

from __future__ import annotations

from payments import metrics
from payments.context import PaymentsContext
from payments.refunds.store import refunds


async def read_open(ctx: PaymentsContext) -> None:
    """How many wait in each status, and for how long the oldest does."""
    async with ctx.db.report() as tx:
        found = {row.status: row for row in await refunds.open_counts(tx)}
    for status in metrics.OPEN_REFUNDS:
        row = found.get(status)
        metrics.open_refunds.set(row.refunds if row else 0, status)
        metrics.refund_age.set(row.oldest_seconds if row else 0, status)
