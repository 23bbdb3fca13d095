"""Settle every payment whose check is due, so that payments settle without any webhook."""

from __future__ import annotations

import asyncio

from chassis import telemetry
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.domain.payment import Payment
from payments.store import payments
from payments.usecases.settle_payment import settle_payment

AT_ONCE = 20
_log = telemetry.logger(__name__)


async def reconcile(ctx: PaymentsContext) -> None:
    """Settle due payments in batches, until none is left or the provider does not answer."""
    due: list[Payment] = []
    wanted = 0
    while len(due) == wanted and (health := provider_of(ctx).health("background")) != "open":
        wanted = AT_ONCE if health == "closed" else 1
        async with ctx.db.write_one() as tx:
            due = await payments.take_due(tx, wanted)
        # nosemgrep: gather-without-bound -- at most AT_ONCE are taken
        ended = await asyncio.gather(*(settle_payment(ctx, each) for each in due), return_exceptions=True)
        for payment, error in zip(due, ended, strict=True):
            if isinstance(error, Exception):
                telemetry.rejoin(payment.trace)
                _log.error("payment.not_settled", payment_id=payment.id, error=error)
