"""Count the disputes that go on and those that are to be answered, for the shared gauges."""

from __future__ import annotations

from payments import metrics
from payments.context import PaymentsContext
from payments.disputes import store

GAUGES = (metrics.disputes_open, metrics.disputes_due)


async def count_disputes(ctx: PaymentsContext) -> None:
    """Set the gauges."""
    async with ctx.db.report() as tx:
        counts = await store.counts(tx)
    metrics.disputes_open.set(counts.open)
    metrics.disputes_due.set(counts.due_soon, "soon")
    metrics.disputes_due.set(counts.overdue, "over")
