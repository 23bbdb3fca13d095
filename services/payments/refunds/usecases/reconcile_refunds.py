"""Settle every refund that is due, so that refunds end without any webhook."""

from __future__ import annotations

import asyncio

from chassis import telemetry
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.refunds.domain.refund import Refund
from payments.refunds.store import refunds
from payments.refunds.usecases.settle_refund import settle_refund

AT_ONCE = 10
_log = telemetry.logger(__name__)


async def reconcile_refunds(ctx: PaymentsContext) -> None:
    """Settle due refunds in batches, until none is left or the provider does not answer."""
    due: list[Refund] = []
    wanted = 0
    while len(due) == wanted and (health := provider_of(ctx).health("background")) != "open":
        wanted = AT_ONCE if health == "closed" else 1
        async with ctx.db.write_one() as tx:
            due = await refunds.take_due(tx, wanted)
        # nosemgrep: gather-without-bound -- at most AT_ONCE are taken
        ended = await asyncio.gather(*(settle_refund(ctx, each) for each in due), return_exceptions=True)
        for refund, error in zip(due, ended, strict=True):
            if isinstance(error, Exception):
                telemetry.rejoin(refund.trace)
                _log.error("refund.not_settled", refund_id=refund.id, payment_id=refund.payment_id, error=error)
