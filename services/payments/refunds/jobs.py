"""The periodic work of refunds."""

from __future__ import annotations

from typing import Any

from chassis.jobs import JobTable
from payments.refunds.store import refunds, sweeps
from payments.refunds.usecases.catch_up import catch_up, take_old_refunds
from payments.refunds.usecases.reconcile_refunds import reconcile_refunds


def register(jobs: JobTable) -> None:
    """Add the periodic work of refunds to that of payments."""

    @jobs.every(seconds=2, name="payments.reconcile_refunds", when=refunds.ANY_DUE)
    async def reconciliation(ctx: Any) -> None:
        """Ask about the refunds that are due."""
        await reconcile_refunds(ctx)

    @jobs.every(seconds=20, name="payments.catch_up", when=sweeps.DUE)
    async def catching_up(ctx: Any) -> None:
        """Read refunds, disputes and warnings whose webhooks did not come."""
        await catch_up(ctx)
        await take_old_refunds(ctx)  # last: where the provider does not answer about one of them, it ends the run
