"""Count what staff have to look at, for the shared gauges."""

from __future__ import annotations

from payments import metrics
from payments.context import PaymentsContext
from payments.payouts.store import payouts

GAUGES = (metrics.payouts_failed, metrics.payouts_differing, metrics.movements_unknown, metrics.balance_read)


async def count_payouts(ctx: PaymentsContext) -> None:
    """Set the gauges."""
    async with ctx.db.report() as tx:
        counts = await payouts.counts(tx)
    metrics.payouts_failed.set(counts.failed)
    metrics.payouts_differing.set(counts.differing)
    metrics.movements_unknown.set(counts.unknown)
    metrics.balance_read.set(counts.read_until)
