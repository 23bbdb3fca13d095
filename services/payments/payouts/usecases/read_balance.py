"""Read what moved in the balance at the provider, and its payouts; book each movement once.

The provider lists the newest first. So a span of time is read to its end before `read_until` moves on: a run that dies
within a span reads that span again, and a movement that is recorded already changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chassis import telemetry
from chassis.resilience import failpoints
from payments import metrics
from payments.clients import balance_of
from payments.context import PaymentsContext
from payments.domain.payout import Payout
from payments.payouts.store import balance, payouts
from payments.provider import Refused, Unknown
from payments.usecases.mail_staff import mail_staff

SPAN = timedelta(days=1)
SPANS = 60
"""The most that one run reads; the next goes on."""
OVERLAP = timedelta(hours=1)
"""The provider's clock and ours, and movements that it lists late."""
PAYOUTS_BACK = timedelta(days=45)
"""A payout may fail some days after it was paid."""
PAYOUTS_AT_ONCE = 50
_FAILED = """A payout of {amount} {currency} minor units to the shop's bank has failed: {failure}.
Stripe keeps the money, and the ledger has it back too. Put the bank account right in Stripe's dashboard.

Payout:  {url}/api/v1/admin/payouts/{payout}
"""
_log = telemetry.logger(__name__)


async def read_balance(ctx: PaymentsContext) -> None:
    """Read from where the last run ended; nothing before the first booking. What the provider does not answer is read
    by the next run.
    """
    async with ctx.db.read() as tx:
        begin, now = await balance.read_until(tx), await tx.value("select clock_timestamp()")
    if begin is None:
        return
    try:
        await _read_movements(ctx, begin, now)
        await _read_payouts(ctx, now)
        await _read_contents(ctx)
    except (Unknown, Refused) as error:
        metrics.balance_reads.inc("failed")
        _log.warning("balance.not_read", reason=str(error))
    else:
        metrics.balance_reads.inc("done")


async def _read_movements(ctx: PaymentsContext, begin: datetime, now: datetime) -> None:
    for _ in range(SPANS):
        end = min(begin + SPAN, now)
        booked = 0
        async for page in balance_of(ctx).movements(begin - OVERLAP, end):
            async with ctx.db.write() as tx:
                booked += await balance.record(tx, page)
            await failpoints.point("payments.after_movements_recorded")
        async with ctx.db.write_one() as moving:
            await balance.move_on(moving, end)
        metrics.movements_booked.inc(by=booked)
        begin = end
        if end >= now:
            return


async def _read_payouts(ctx: PaymentsContext, asked_at: datetime) -> None:
    async for page in balance_of(ctx).payouts(asked_at - PAYOUTS_BACK):
        async with ctx.db.write() as tx:
            changed = set(await payouts.put(tx, page, asked_at))
            for payout in page:
                if payout.id in changed and payout.status == "failed":
                    await mail_staff(ctx, tx, f"{payout.id}.failed", "A payout has failed", _text(ctx, payout))


def _text(ctx: PaymentsContext, payout: Payout) -> str:
    return _FAILED.format(
        amount=payout.amount,
        currency=payout.currency,
        failure=payout.failure or "no reason given",
        url=ctx.settings.public_url.rstrip("/"),
        payout=payout.id,
    )


async def _read_contents(ctx: PaymentsContext) -> None:
    """Read which movements are in the payouts that are complete: also those that were missed before."""
    async with ctx.db.read() as reading:
        waiting = await payouts.unread(reading, PAYOUTS_AT_ONCE)
    for payout_id in waiting:
        async for page in balance_of(ctx).movements_of(payout_id):
            async with ctx.db.write() as tx:
                await balance.record(tx, page, payout_id)
            await failpoints.point("payments.after_movements_recorded")
        async with ctx.db.write_one() as tx:
            await payouts.note_read(tx, payout_id)
