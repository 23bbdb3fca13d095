"""Ask the provider about every payment that should have come to an end, as if there were no webhooks."""

from __future__ import annotations

import asyncio

from chassis import telemetry
from payments.clients import PaymentsContext, provider_of
from payments.store import payments
from payments.usecases.settle_payment import settle_payment

AT_ONCE = 20
_log = telemetry.logger(__name__)


async def reconcile(ctx: PaymentsContext) -> None:
    """Settle what is due, a few at a time, until nothing is or the provider does not answer."""
    taken = AT_ONCE
    while taken == AT_ONCE and not provider_of(ctx).resting:
        async with ctx.db.write() as tx:
            due = await payments.take_due(tx, AT_ONCE)
        taken = len(due)
        ended = await asyncio.gather(*(settle_payment(ctx, each) for each in due), return_exceptions=True)
        for payment_id, error in zip(due, ended, strict=True):
            if isinstance(error, Exception):
                _log.error("payment.not_settled", payment_id=payment_id, error=error)
